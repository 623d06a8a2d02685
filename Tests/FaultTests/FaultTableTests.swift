import Foundation
import TestSupport
import Testing

/// The table of faults names tests that exist.
@Suite struct FaultTableTests {
    @Test func everyTestThatItNamesIsThere() throws {
        let table = try String(
            contentsOf: Tool.root.appending(path: "Sources/Hub/Hub.docc/Faults.md"), encoding: .utf8
        )
        let rows = table.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst(2)
        let named = rows.flatMap { row in
            row.split(separator: "|")[1].matches(of: /`(\w+)`/).map { String($0.1) }
        }
        let files = try FileManager.default.subpathsOfDirectory(
            atPath: Tool.root.appending(path: "Tests").path())
        var sources = ""
        for file in files where file.hasSuffix(".swift") {
            sources += try String(
                contentsOf: Tool.root.appending(path: "Tests/\(file)"), encoding: .utf8)
        }
        #expect(named.count > 20)
        #expect(named.filter { !sources.contains("func \($0)(") } == [])
    }
}
