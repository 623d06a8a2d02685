import Screen

/// The layout of the main screen.
struct Panes: Equatable, Sendable {
    /// Whether the screen is too small for anything but a message.
    let isTooSmall: Bool
    let header: Rect
    let attention: Rect
    /// The seek bar of a replay; empty otherwise and on very small screens.
    let seekBar: Rect
    /// The frame around table, detail and journal; its bottom border is the key bar.
    let frame: Rect
    /// The table with its column titles.
    let table: Rect
    /// The detail pane; a single line on small screens, empty on very small ones.
    let detail: Rect
    /// The journal's lines; empty on very small screens.
    let journal: Rect

    /// The minimum screen size.
    static let leastWidth = 40
    static let leastHeight = 10

    /// Calculates the layout for a screen size.
    ///
    /// - Parameter isEmpty: whether only the start instructions are shown, which take the whole
    ///   frame.
    /// - Parameter hasSeekBar: whether the recording supports seeking.
    init(width: Int, height: Int, isEmpty: Bool = false, hasSeekBar: Bool = false) {
        isTooSmall = width < Self.leastWidth || height < Self.leastHeight
        var rest = Rect(width: width, height: height)
        header = rest.takeTop(1)
        attention = rest.takeTop(1)
        seekBar = rest.takeTop(hasSeekBar && height >= 16 ? 1 : 0)
        frame = rest
        var inner = rest.inset()
        let journalHeight = height < 16 || isEmpty ? 0 : height < 30 ? 4 : 6
        let roomy = height >= 30 && width >= 100
        let detailHeight = height < 20 || isEmpty ? 0 : roomy ? max(10, min(16, height / 4)) : 1
        journal = Self.take(journalHeight, from: &inner)
        detail = Self.take(detailHeight, from: &inner)
        table = inner
    }

    /// Calculates the layout for the state of a dashboard.
    init(_ state: State) {
        self.init(
            width: state.size.width, height: state.size.height,
            isEmpty: state.table.total == 0 && state.journal.entries.isEmpty,
            hasSeekBar: state.time.timeline != nil)
    }

    /// Takes lines from the bottom of a rectangle, and one above them for the border.
    private static func take(_ height: Int, from rect: inout Rect) -> Rect {
        guard height > 0 else {
            return Rect(x: rect.x, y: rect.maxY, width: rect.width, height: 0)
        }
        let taken = rect.takeBottom(height)
        _ = rect.takeBottom(1)
        return taken
    }
}
