import Testing

/// The tables of faults and of signals name only tests that exist.
@Suite struct FaultTableTests {
    @Test(arguments: [
        (page: "Sources/Hub/Hub.docc/Faults.md", column: 1, rows: 20),
        (page: "Sources/Terminal/Terminal.docc/Signals.md", column: 2, rows: 15),
    ])
    func everyTestNamedInATableExists(table: (page: String, column: Int, rows: Int)) throws {
        let named = try NamedTests.named(in: table.page, column: table.column)
        #expect(named.count >= table.rows)
        #expect(try NamedTests.missing(named) == [])
    }
}
