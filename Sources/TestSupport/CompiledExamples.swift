import Foundation

/// Compares the Swift examples of a documentation catalog with the test file that compiles them.
public struct CompiledExamples: Sendable {
    /// The number of examples on the catalog's pages.
    public private(set) var count = 0
    /// The lines of examples that are not in the test file, each with its page.
    public private(set) var missing: [String] = []

    /// Reads the pages of `Sources/<catalog>` and the test file.
    ///
    /// - Parameters:
    ///   - catalog: the catalog's path below `Sources`.
    ///   - file: the test file, two directories below the package's root.
    public init(of catalog: String, in file: String = #filePath) throws {
        let test = URL(fileURLWithPath: file)
        let root = test.deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let directory = root.appending(path: "Sources/\(catalog)")
        let compiled = Set(Self.lines(try String(contentsOf: test, encoding: .utf8)))
        for page in try FileManager.default.contentsOfDirectory(atPath: directory.path)
        where page.hasSuffix(".md") {
            let text = try String(contentsOf: directory.appending(path: page), encoding: .utf8)
            for block in text.components(separatedBy: "```swift").dropFirst() {
                count += 1
                for line in Self.lines(block.components(separatedBy: "```")[0])
                where !compiled.contains(line) {
                    missing.append("\(page): \(line)")
                }
            }
        }
    }

    private static func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
    }
}
