extension Grid {
    /// The rows as text without trailing blanks.
    public var text: [String] {
        (0..<height).map { y in
            var line = ""
            for cell in row(y) where cell.extent != .continuation { line.append(cell.character) }
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }
    }

    /// The styled pieces of each row in order, such as `3-9 open+bold on selection`; pieces of
    /// plain text are left out. For tests.
    public var styles: [[String]] {
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

extension Style: CustomStringConvertible {
    /// The style in words: `open+bold on selection`.
    public var description: String {
        var words = role.rawValue
        if attributes.contains(.bold) { words += "+bold" }
        if attributes.contains(.dim) { words += "+dim" }
        if attributes.contains(.underline) { words += "+underline" }
        if attributes.contains(.reverse) { words += "+reverse" }
        if let ground { words += " on \(ground.rawValue)" }
        return words
    }
}
