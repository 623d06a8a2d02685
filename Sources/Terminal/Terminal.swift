import CNCurses
public import Screen

/// The terminal that somebody sits at, drawn with ncurses. One thread makes it, uses it and closes
/// it; others only hold its ``waker``. A process has at most one.
public final class Terminal {
    /// Wakes ``nextEvents(timeoutMilliseconds:)`` from other threads.
    public let waker: Waker
    /// Whether the locale is UTF-8.
    public let isUTF8: Bool
    /// Whether only ASCII is drawn: the locale is not UTF-8, or it was asked for.
    public let isASCII: Bool
    /// The colours that are used.
    public let colorDepth: ColorDepth
    /// What the user should know, such as a terminal type that was not found.
    public let notices: [String]
    /// The theme that styles are drawn with.
    public private(set) var theme: Theme

    let device: Device
    let signals: Pipe
    var decoder = KeyDecoder()
    var state = State.active
    /// Whether ncurses may hold input that it has read but not handed out.
    var hasMoreInput = false
    /// When there was any.
    var lastInput = ContinuousClock.now
    /// How often in a row the terminal was readable and had nothing.
    var emptyReads = 0
    private var shown: Grid?
    private var paints: [Style: (attributes: Int32, pair: Int32)] = [:]
    private var blanks: [Style: (attributes: Int32, pair: Int32)] = [:]
    private var pairs: [[UInt8?]: Int32] = [:]

    enum State {
        /// The terminal is ours.
        case active
        /// The program runs, but the terminal is another's, as after `bg`.
        case background
        /// Nobody is at the terminal.
        case gone
        /// Given back for good.
        case closed
    }

    /// Takes the terminal: the alternate screen, no echo, bracketed paste, handlers for signals.
    ///
    /// A terminal type that is not known counts as xterm-256color, then vt100, with a notice.
    /// `NO_COLOR` in the environment turns colours off.
    ///
    /// - Parameters:
    ///   - theme: how styles look.
    ///   - ascii: draw nothing but ASCII, whatever the locale.
    public init(theme: Theme = .default, ascii: Bool = false) throws(TerminalError) {
        let locale = Locale.adopt()
        let type = Locale.variable("TERM") ?? "unknown"
        guard type != "dumb" else { throw .unusable(type: type) }
        waker = try Waker()
        signals = try Pipe()
        let device = try Device()
        guard fuse_signals_start(signals.writeEnd) else {
            device.close()
            throw .alreadyOpen
        }
        fuse_modes_save(device.input)
        let types: [String] = [type, "xterm-256color", "vt100"]
        let started = types.first { (name: String) in
            fuse_screen_start(name, device.input, device.output)
        }
        guard let started else {
            fuse_signals_stop()
            device.close()
            throw .unusable(type: type)
        }
        fuse_restore_prepare(device.output)
        self.device = device
        self.theme = theme
        isUTF8 = locale.isUTF8
        isASCII = ascii || !isUTF8
        colorDepth = ColorDepth(colors: Int(fuse_screen_colors()))
        let unknown =
            started == type ? nil : "terminal type \(type) is unknown, used as \(started)"
        notices = [unknown, ascii ? nil : locale.notice].compactMap { $0 }
    }

    deinit {
        close()
    }

    /// Its size; a terminal may be as small as 1x1.
    public var size: (width: Int, height: Int) {
        (Int(fuse_screen_columns()), Int(fuse_screen_rows()))
    }

    /// The glyphs to draw with.
    public var glyphs: Glyphs { theme.glyphs(ascii: isASCII) }

    /// Draws with another theme from the next ``show(_:)`` on.
    public func setTheme(_ theme: Theme) {
        self.theme = theme
        paints = [:]
        blanks = [:]
        shown = nil
    }

    /// Brings `grid` onto the screen, cut to its size. Only what differs from the grid before is
    /// sent, and nothing at all when nothing does.
    public func show(_ grid: Grid) {
        guard case .active = state else { return }
        let runs = grid.diff(from: shown ?? Grid(width: 0, height: 0))
        shown = grid
        guard !runs.isEmpty else { return }
        let size = size
        for run in runs where run.y < size.height {
            for (offset, cell) in run.cells.enumerated() {
                draw(cell, x: run.x + offset, y: run.y, columns: size.width)
            }
        }
        fuse_flush()
    }

    /// The most bytes that ``copy(_:)`` sends; many terminals drop longer sequences whole.
    public static let copyLimit = 65_536

    /// Asks the terminal to put a text on the clipboard of whoever sits at it (OSC 52), through ssh
    /// and tmux too, where they allow it. Whether it did is not known. Does nothing with a text of
    /// more than ``copyLimit`` bytes.
    public func copy(_ text: String) {
        guard case .active = state, text.utf8.count <= Self.copyLimit else { return }
        fuse_copy(Base64.text(text.utf8))
    }

    /// Gives the terminal back as it was. What comes after does nothing.
    public func close() {
        if case .closed = state { return }
        state = .closed
        fuse_screen_stop()
        fuse_signals_stop()
        device.close()
    }

    /// Forgets what is on the screen, so that the next grid is drawn whole.
    func forgetScreen() {
        shown = nil
    }

    private func draw(_ cell: Cell, x: Int, y: Int, columns: Int) {
        let width: Int
        switch cell.extent {
        case .continuation: return
        case .single: width = 1
        case .wide: width = 2
        }
        guard x + width <= columns else { return }
        let paint = paint(cell)
        let scalars = cell.character.unicodeScalars.map(\.value)
        guard isASCII, scalars.contains(where: { $0 > 126 }) else {
            put(scalars, width, paint, x: x, y: y)
            return
        }
        for column in x..<x + width { put([0x3F], 1, paint, x: column, y: y) }
    }

    private func put(
        _ scalars: [UInt32], _ width: Int, _ paint: (attributes: Int32, pair: Int32), x: Int,
        y: Int
    ) {
        fuse_put(
            Int32(y), Int32(x), scalars, Int32(scalars.count), Int32(width), paint.attributes,
            paint.pair)
    }

    private func paint(_ cell: Cell) -> (attributes: Int32, pair: Int32) {
        let style = cell.style
        let isBlank = cell.character == " "
        if let known = isBlank ? blanks[style] : paints[style] { return known }
        let paint = theme.paint(cell, depth: colorDepth)
        let result = (
            attributes: Int32(paint.attributes.rawValue),
            pair: pair(paint.foreground, paint.background)
        )
        if isBlank { blanks[style] = result } else { paints[style] = result }
        return result
    }

    private func pair(_ foreground: UInt8?, _ background: UInt8?) -> Int32 {
        guard foreground != nil || background != nil else { return 0 }
        if let known = pairs[[foreground, background]] { return known }
        let pair = fuse_pair(foreground.map(Int32.init) ?? -1, background.map(Int32.init) ?? -1)
        pairs[[foreground, background]] = pair
        return pair
    }
}
