import Screen

/// A text in lines of at most so many columns, broken at blanks.
enum Wrapped {
    /// - Parameter limit: how many lines there may be; the last one takes what is left.
    static func lines(_ text: String, width: Int, limit: Int = .max) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            let longer = line.isEmpty ? String(word) : "\(line) \(word)"
            if line.isEmpty || lines.count + 1 >= limit || DisplayWidth.of(longer) <= width {
                line = longer
            } else {
                lines.append(line)
                line = String(word)
            }
        }
        return lines + [line]
    }
}
