import Fleet
import ResilienceWire
import Screen

extension State {
    /// The maximum number of bytes to copy. Terminals drop much longer texts.
    static let copyLimit = 8_192

    /// Copies the selected row's address.
    mutating func copyAddress() -> [Effect] {
        guard let row = selectedRow else { return nothingToCopy() }
        let (text, reached) = row.reach(in: shownFleet)
        guard Set(reached).isSubset(of: row.connected.map(\.id)) else {
            say(OrderTarget.reachesMore(text, reached.count, row))
            return []
        }
        say("copied \(text)")
        return [.copy(text)]
    }

    /// Copies the selected row as a Markdown table.
    mutating func copyRow() -> [Effect] {
        guard let row = selectedRow else { return nothingToCopy() }
        let text = MarkdownRow(row, in: shownFleet, at: shownNow, clock: clock).text
        var cut = text
        while cut.utf8.count > Self.copyLimit { cut.removeLast() }
        say("copied \(row.title(in: shownFleet)) as Markdown, \(cut.utf8.count) bytes")
        return [.copy(cut)]
    }

    private mutating func nothingToCopy() -> [Effect] {
        say("no strategy is selected")
        return []
    }
}

/// A table row as Markdown, for a ticket or a chat.
struct MarkdownRow {
    let text: String

    /// Creates a Markdown table with the figures of the screen at `now`.
    init(_ row: Row, in fleet: Fleet, at now: Int64, clock: WallClock) {
        let cells = RowCells(row, at: now, glyphs: .unicode, isUnfolded: false)
        let columns: [(String, TableColumn)] = [
            ("State", .state), ("Served", .served), ("Fail/s", .failures),
            ("Rej/s", .rejections), ("Tries", .tries), ("Cap", .cap), ("p95", .p95),
            ("Retries 0·1·2·3+", .retries), ("Why", .why),
        ]
        func line(_ cells: [String]) -> String {
            "| " + cells.map(MarkdownText.cell).joined(separator: " | ") + " |"
        }
        let name = row.title(in: fleet).replacing("`", with: "'")
        let count = row.isFolded ? " x\(row.members.count)" : ""
        text = [
            "`\(name)`\(count) at \(clock.time(now))\(clock.sign(now))",
            "", line(columns.map(\.0)), line(columns.map { _ in "---" }),
            line(columns.map { cells.cell($0.1).text }), "",
        ].joined(separator: "\n")
    }
}
