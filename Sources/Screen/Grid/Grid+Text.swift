extension Grid {
    /// The rows as text, without blanks at the end.
    public var text: [String] {
        (0..<height).map { y in
            var line = ""
            for cell in row(y) where cell.extent != .continuation { line.append(cell.character) }
            while line.hasSuffix(" ") { line.removeLast() }
            return line
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
