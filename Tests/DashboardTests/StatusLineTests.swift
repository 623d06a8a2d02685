import Screen
import Testing

@testable import Dashboard

@Suite struct StatusLineTests {
    private var strip: StatusLine {
        var strip = StatusLine(separator: Span("|"))
        strip.add([Span("always")])
        for (order, text) in ["first", "second one", "3rd"].enumerated() {
            strip.add([Span(text)], dropOrder: order + 1)
        }
        return strip
    }

    @Test(arguments: [
        (28, "always|first|second one|3rd"), (27, "always|first|second one|3rd"),
        (26, "always|first|second one"), (22, "always|first"), (11, "always"), (4, "alw…"),
    ])
    func lessImportantPiecesAreDroppedFirst(width: Int, text: String) {
        #expect(strip.spans(width: width, ellipsis: "…").text == text)
    }

    @Test(arguments: [(22, "always|first|3rd"), (11, "always|3rd"), (9, "always")])
    func gapsAreFilledWithPiecesThatFit(width: Int, text: String) {
        #expect(strip.spans(width: width, ellipsis: "…", fillsGaps: true).text == text)
    }

    @Test func emptyStatusLineDrawsNothing() {
        #expect(StatusLine(separator: Span("|")).spans(width: 10, ellipsis: "…").isEmpty)
    }
}
