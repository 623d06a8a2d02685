import Fleet
public import Screen

/// Draws a dashboard into a grid of its size. Equal states give equal grids.
public func render(_ state: State, glyphs: Glyphs) -> Grid {
    var canvas = Canvas(state: state, glyphs: glyphs)
    canvas.draw()
    return canvas.grid
}

/// The grid that is being drawn, with data shared by all panes.
struct Canvas {
    let state: State
    let glyphs: Glyphs
    let panes: Panes
    let now: Int64
    var grid: Grid

    init(state: State, glyphs: Glyphs) {
        self.state = state
        self.glyphs = glyphs
        panes = Panes(state)
        now = state.shownNow
        grid = Grid(width: state.size.width, height: state.size.height)
    }

    mutating func draw() {
        guard !panes.isTooSmall else {
            drawTooSmall()
            return
        }
        drawHeader()
        drawAttention()
        drawSeekBar()
        switch state.navigation.page {
        case .main: drawMain()
        case .detail: drawDetailPage()
        case .errors(let view): drawErrorPage(view)
        }
        drawKeyBar()
        muteOldValues()
        switch state.navigation.overlay {
        case .none, .filter, .command: break
        case .help(let offset): drawHelp(offset: offset)
        case .dialog(let dialog): draw(dialog)
        case .limits(let list): draw(list)
        }
    }

    private mutating func drawMain() {
        grid.box(panes.frame, glyphs: glyphs)
        drawTable()
        if !panes.journal.isEmpty { drawJournal() }
        if !panes.detail.isEmpty { drawDetailPane() }
    }

    private mutating func drawTooSmall() {
        let words = "too small: \(state.size.width)x\(state.size.height), needs 40x10"
        grid.put(words, x: 0, y: 0, style: Style(.warn))
    }

    /// Mutes the colours of old values, so that the data of a lost hub never looks live.
    private mutating func muteOldValues() {
        guard !isConfirmed else { return }
        let top = panes.attention.y
        let area = Rect(
            y: top, width: state.size.width, height: max(0, state.size.height - 1 - top))
        grid.restyle(area) { style in
            guard style.role != .border else { return }
            style.role = .stale
            style.attributes = []
        }
    }

    /// Whether the hub confirms the data shown, or the data is of the past.
    var isConfirmed: Bool { state.connection.link.isConfirmed || state.time.past != nil }

    /// Draws the line above a pane, joined to the frame, with its title.
    mutating func divide(above rect: Rect, title: [Span]) {
        let y = rect.y - 1
        grid.horizontalLine(x: panes.frame.x, y: y, width: panes.frame.width, glyphs: glyphs)
        let last = panes.frame.maxX - 1
        grid.put(String(glyphs[.teeRight]), x: panes.frame.x, y: y, style: Style(.border))
        grid.put(String(glyphs[.teeLeft]), x: last, y: y, style: Style(.border))
        grid.put(
            title.clipped(to: rect.width, ellipsis: glyphs[.ellipsis]), x: rect.x, y: y,
            maxWidth: rect.width)
    }

    /// Draws lines from the top of a rectangle, and clips them to it.
    mutating func draw(_ lines: [[Span]], in rect: Rect) {
        for (index, line) in lines.prefix(rect.height).enumerated() {
            grid.put(
                line.clipped(to: rect.width, ellipsis: glyphs[.ellipsis]), x: rect.x,
                y: rect.y + index, maxWidth: rect.width)
        }
    }

    /// The title of a pane, highlighted if the pane has the focus.
    func title(_ text: String, of pane: Pane) -> Span {
        Span(text, state.navigation.focus == pane && state.navigation.page.isMain ? .focus : .title)
    }
}
