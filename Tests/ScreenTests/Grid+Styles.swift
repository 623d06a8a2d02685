import Screen

extension Grid {
    /// The styled parts of each row in order, such as `3-9 open+bold on selection`. Plain text is
    /// left out.
    var styles: [[String]] {
        (0..<height).map { y in
            var pieces: [(start: Int, end: Int, style: Style)] = []
            for (x, cell) in row(y).enumerated() {
                if let last = pieces.last, last.style == cell.style {
                    pieces[pieces.count - 1].end = x
                } else {
                    pieces.append((x, x, cell.style))
                }
            }
            return pieces.filter { $0.style != .text }
                .map { "\($0.start)-\($0.end) \($0.style)" }
        }
    }
}
