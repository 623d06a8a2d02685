import Fleet
import ResilienceWire
import Screen

extension DetailText {
    /// The latency heatmap of five minutes, with its scale; a single line if there are no calls.
    func heatmap(width: Int) -> [[Span]] {
        let columns = width >= Self.labelWidth + 60 ? 60 : 30
        let map = Heatmap(row.members, columns: columns, at: now)
        let seconds = Int(Window.slotMS) / 1_000 * Window.slotCount / columns
        guard map.most > 0 else {
            return [[], [Span("Latency 5m", .title)], [Span("no calls", .muted)]]
        }
        let scale =
            " a column is \(seconds)s; \(glyphs[.level1]) 1 call to \(glyphs[.level8]) "
            + Format.volume(map.most)
        let lines = map.bands.map { band in
            let label = Self.padded(
                "to \(Format.latency(microseconds: band.upperBound))", to: Self.labelWidth - 1)
            return [Span("\(label) ", .muted), Span(cells(band, most: map.most), .series1)]
        }
        let blanks = String(repeating: " ", count: columns - 9)
        return [[], [Span("Latency 5m", .title), Span(scale, .muted)]] + lines
            + [
                [
                    Span(
                        String(repeating: " ", count: Self.labelWidth) + "5m ago\(blanks)now",
                        .muted)
                ]
            ]
    }

    private static let labelWidth = 11

    private func cells(_ band: Heatmap.Band, most: Int) -> String {
        String(
            band.counts.map { count -> Character in
                guard count > 0 else { return glyphs[.noData] }
                return glyphs[Glyph.levels[min(7, Int(Double(count) / Double(most) * 7.999))]]
            })
    }
}
