import Screen

extension Canvas {
    /// Draws the seek bar: the position of the replay and the marks of events.
    mutating func drawSeekBar() {
        guard !panes.seekBar.isEmpty, let timeline = state.time.timeline else { return }
        let start = state.clock.time(timeline.times.lowerBound)
        let end = state.clock.time(timeline.times.upperBound)
        let width = max(0, state.size.width - start.count - end.count - 4)
        guard width > 0 else { return }
        let span = max(1, timeline.times.length)
        func column(_ time: Int64) -> Int {
            let past = min(max(0, time - timeline.times.lowerBound), span)
            return Int(Double(past) * Double(width - 1) / Double(span))
        }
        // The most important mark of each column.
        var marks = [Timeline.Weight?](repeating: nil, count: width)
        for mark in timeline.marks {
            let column = column(mark.at)
            marks[column] = max(marks[column] ?? mark.weight, mark.weight)
        }
        let place = column(now)
        let bar = marks.indices.map { index -> Span in
            if index == place { return Span(String(glyphs[.closed]), .focus, .bold) }
            guard let (glyph, role) = marks[index]?.look else {
                return Span(String(glyphs[.horizontal]), index < place ? .info : .muted)
            }
            return Span(String(glyphs[glyph]), role)
        }
        grid.put(
            [Span(" \(start) ", .muted)] + bar + [Span(" \(end) ", .muted)], x: 0,
            y: panes.seekBar.y, maxWidth: state.size.width)
    }
}

extension Timeline.Weight {
    fileprivate var look: (Glyph, Role) {
        switch self {
        case .transition: (.dot, .text)
        case .command: (.enter, .info)
        case .opening: (.open, .open)
        case .alert: (.warning, .warn)
        }
    }
}
