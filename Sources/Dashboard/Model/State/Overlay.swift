import Screen

/// An overlay over the page, which has the keyboard focus.
enum Overlay: Sendable {
    case none
    case help(offset: Int)
    case dialog(Dialog)
    case limits(LimitList)
    /// The filter is being typed. Enter keeps it, Esc clears it.
    case filter(TextField)
    case command(CommandLine)

    /// Whether rows must not move while the overlay is shown.
    var holdsStill: Bool {
        switch self {
        case .dialog, .limits: true
        case .none, .help, .filter, .command: false
        }
    }
}
