import Screen

/// A table of text. Each column is as wide as its widest cell.
enum TextTable {
    static func text(header: [String], _ body: [[String]]) -> String {
        let rows = [header] + body
        let widths = header.indices.map { column in
            rows.map { column < $0.count ? DisplayWidth.of($0[column]) : 0 }.max() ?? 0
        }
        return rows.map { row in
            var line = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: width - DisplayWidth.of(cell))
            }.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }
}
