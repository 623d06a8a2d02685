import Screen

/// Wraps a text into lines of a maximum width, at blanks, or within a word that is longer than a
/// line.
enum Wrapped {
    /// - Parameter limit: the maximum number of lines. The last one takes the rest of the text.
    static func lines(_ text: String, width: Int, limit: Int = .max) -> [String] {
        var lines: [String] = []
        var line = ""
        let words = text.split(separator: " ").flatMap { pieces(of: String($0), width: width) }
        for word in words {
            let longer = line.isEmpty ? word : "\(line) \(word)"
            if line.isEmpty || lines.count + 1 >= limit || DisplayWidth.of(longer) <= width {
                line = longer
            } else {
                lines.append(line)
                line = word
            }
        }
        return lines + [line]
    }

    private static func pieces(of word: String, width: Int) -> [String] {
        guard width > 0, DisplayWidth.of(word) > width else { return [word] }
        var pieces = [""]
        for character in word {
            let longer = "\(pieces[pieces.count - 1])\(character)"
            if DisplayWidth.of(longer) <= width {
                pieces[pieces.count - 1] = longer
            } else {
                pieces.append(String(character))
            }
        }
        return pieces
    }
}
