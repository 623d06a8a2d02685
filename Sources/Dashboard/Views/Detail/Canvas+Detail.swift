import Fleet
import ResilienceWire
import Screen

extension Canvas {
    /// Draws the details of the selected row in three columns, at the bottom of a large screen.
    mutating func drawDetailPane() {
        let columns = panes.detail.columns(
            [
                .fixed(panes.detail.width * 2 / 5 + 2), .fixed(panes.detail.width / 4 - 1),
                .share(1),
            ],
            overlap: 0)
        guard columns.count == 3, let row = state.selectedRow else {
            divide(above: panes.detail, title: [Span("Detail ", .title)])
            return
        }
        let text = DetailText(row, in: state, glyphs: glyphs)
        divide(above: panes.detail, title: [Span("Detail \(text.name) ", .title)])
        guard panes.detail.height > 1 else {
            draw([[Span(" ")] + text.gist], in: panes.detail)
            return
        }
        let titles = ["", "Errors 5m ", "Breaker timeline "]
        for index in 1...2 {
            let x = columns[index].x - 1
            grid.put(
                [Span(titles[index], .title)], x: x + 1, y: panes.detail.y - 1,
                maxWidth: columns[index].width)
            grid.verticalLine(
                x: x, y: panes.detail.y - 1, height: panes.detail.height + 2, glyphs: glyphs)
        }
        let inner = columns.enumerated().map { index, column in
            Rect(
                x: column.x + 1, y: column.y, width: column.width - (index < 2 ? 3 : 1),
                height: column.height)
        }
        draw(text.figures(width: inner[0].width), in: inner[0])
        draw(text.errors(width: inner[1].width), in: inner[1])
        draw(text.timeline(width: inner[2].width), in: inner[2])
    }

    /// Draws the details of the selected row on the whole screen.
    mutating func drawDetailPage() {
        grid.box(panes.frame, glyphs: glyphs)
        let area = panes.frame.inset(2, 1)
        guard let row = state.selectedRow else {
            draw([[Span("nothing is selected; Esc goes back", .muted)]], in: area)
            return
        }
        let text = DetailText(row, in: state, glyphs: glyphs)
        let title = [
            Span("Detail \(text.name) ", .focus), Span(" Esc", .key), Span(" back ", .muted),
        ]
        grid.put(
            title.clipped(to: area.width, ellipsis: glyphs[.ellipsis]), x: 1, y: panes.frame.y,
            maxWidth: area.width)
        let lines = DetailPage.lines(text, width: area.width)
        draw(Array(lines.dropFirst(state.navigation.detailOffset)), in: area)
    }
}

/// The lines of the detail page: all details of a row, one below the other.
enum DetailPage {
    static func lines(_ text: DetailText, width: Int) -> [[Span]] {
        text.timeline(width: width, limit: transitionLimit) + [[], [Span("Figures", .title)]]
            + text.figures(width: min(width, 70))
            + [[], [Span("Errors 5m", .title)]] + text.errors(width: min(width, 70))
            + text.heatmap(width: width)
            + text.instances + text.allTransitions(beyond: transitionLimit)
    }

    /// The number of transitions shown above the figures.
    private static let transitionLimit = 5

    /// The maximum scroll offset of the page.
    static func lastOffset(_ state: State) -> Int {
        guard let row = state.selectedRow else { return 0 }
        let text = DetailText(row, in: state, glyphs: .unicode)
        return max(
            0, lines(text, width: max(0, state.size.width - 4)).count - (state.size.height - 4))
    }
}
