/// The reason why a terminal cannot be used.
public enum TerminalError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Standard input and output are not a terminal, and there is no `/dev/tty`.
    case noTerminal
    /// The terminal cannot place a cursor.
    case unusable(type: String)
    /// The process already has a ``Terminal``.
    case alreadyOpen
    /// A pipe could not be created, for example because no file descriptors are left; the number is
    /// `errno`.
    case noPipe(errno: Int32)

    /// The reason in words.
    public var description: String {
        switch self {
        case .noTerminal: "standard input and output are not a terminal and /dev/tty is not there"
        case .unusable(let type): "the terminal type \(type) cannot place a cursor"
        case .alreadyOpen: "the terminal is already in use by this program"
        case .noPipe(let errno): "no pipe could be made (errno \(errno))"
        }
    }
}
