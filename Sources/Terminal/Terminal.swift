import CNCurses
public import Screen

/// The user's terminal, drawn with ncurses. One thread must create, use and close it; other threads
/// may use only its ``waker``. A process has at most one.
public final class Terminal {
    /// Wakes ``nextEvents(timeoutMilliseconds:)`` from other threads.
    public let waker: Waker
    /// Whether the locale is UTF-8.
    public let isUTF8: Bool
    /// Whether only ASCII is drawn, because the locale is not UTF-8 or because the caller asked for
    /// it.
    public let isASCII: Bool
    /// The colours in use.
    public let colorDepth: ColorDepth
    /// Notices for the user, such as an unknown terminal type.
    public let notices: [String]
    /// The theme in use.
    public private(set) var theme: Theme

    let device: Device
    let signals: Pipe
    var decoder = KeyDecoder()
    var state = State.active
    /// Whether ncurses may hold input that it has read but not returned.
    var hasMoreInput = false
    /// The time of the last input.
    var lastInput = ContinuousClock.now
    /// The number of consecutive times that the terminal was readable but had no bytes.
    var emptyReads = 0
    private var shown: Grid?
    private var paints: [Style: (attributes: Int32, pair: Int32)] = [:]
    private var blanks: [Style: (attributes: Int32, pair: Int32)] = [:]
    private var pairs: [[UInt8?]: Int32] = [:]

    enum State {
        /// The process draws on the terminal.
        case active
        /// The process runs, but another process has the terminal, for example after `bg`.
        case background
        /// The terminal was closed.
        case gone
        /// The process has given the terminal back.
        case closed
    }

    /// Takes the terminal over: the alternate screen, no echo, bracketed paste, signal handlers.
    ///
    /// An unknown terminal type is treated as xterm-256color, or as vt100 if that is missing, and
    /// adds a notice. `NO_COLOR` in the environment turns colours off.
    ///
    /// - Parameters:
    ///   - theme: the theme to draw with.
    ///   - ascii: whether to draw only ASCII, whatever the locale.
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

    /// The size in columns and rows, at least 1x1.
    public var size: (width: Int, height: Int) {
        (Int(fuse_screen_columns()), Int(fuse_screen_rows()))
    }

    /// The glyphs of the theme, or those of ASCII.
    public var glyphs: Glyphs { theme.glyphs(ascii: isASCII) }

    /// Sets the theme, which applies from the next ``show(_:)`` on.
    public func setTheme(_ theme: Theme) {
        self.theme = theme
        paints = [:]
        blanks = [:]
        shown = nil
    }

    /// Shows `grid`, cut to the terminal's size. Only the differences from the previous grid are
    /// sent.
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

    /// The maximum number of bytes that ``copy(_:)`` sends. Many terminals ignore longer sequences.
    public static let copyLimit = 65_536

    /// Asks the terminal to put a text on the user's clipboard (OSC 52). This works through ssh and
    /// tmux where they allow it. The terminal does not report the result. A text of more than
    /// ``copyLimit`` bytes is ignored.
    public func copy(_ text: String) {
        guard case .active = state, text.utf8.count <= Self.copyLimit else { return }
        fuse_copy(Base64.text(text.utf8))
    }

    /// Restores the terminal. Later calls do nothing.
    public func close() {
        if case .closed = state { return }
        state = .closed
        fuse_screen_stop()
        fuse_signals_stop()
        device.close()
    }

    /// Discards the record of the screen, so that the next grid is drawn completely.
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
