import Foundation
import TestSupport

/// The tests that a table in the documentation names, and the existing tests.
enum NamedTests {
    /// Returns the names in one column of all tables of a page.
    static func named(in page: String, column: Int) throws -> [String] {
        let text = try String(contentsOf: Tool.root.appending(path: page), encoding: .utf8)
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| ") }
        return rows.filter { !$0.hasPrefix("| ---") }.dropFirst().flatMap { row in
            row.split(separator: "|")[column].matches(of: /`(\w+)`/).map { String($0.1) }
        }
    }

    /// Returns the elements of `names` that are not tests.
    static func missing(_ names: [String]) throws -> [String] {
        var sources = ""
        for (folder, ending) in [("Tests", ".swift"), ("Clients/python/tests", ".py")] {
            let root = Tool.root.appending(path: folder)
            let files = try FileManager.default.subpathsOfDirectory(atPath: root.path())
            for file in files where file.hasSuffix(ending) {
                sources += try String(contentsOf: root.appending(path: file), encoding: .utf8)
            }
        }
        return names.filter { !sources.contains("func \($0)(") && !sources.contains("def \($0)(") }
    }
}
