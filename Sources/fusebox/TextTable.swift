import Foundation

/// Columns of text, as wide as their widest cell.
enum TextTable {
    static func text(header: [String], _ body: [[String]]) -> String {
        let rows = [header] + body
        let widths = header.indices.map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }.joined(separator: "  ").trimmingCharacters(in: .whitespaces)
        }.joined(separator: "\n")
    }
}
