import Foundation

/// Compares the Swift examples of a documentation catalog with the test file that compiles them.
public struct CompiledExamples: Sendable {
    /// The number of examples on the catalog's pages.
    public private(set) var count = 0
    /// The examples that the test file does not contain, each with its page.
    ///
    /// The lines of an example must stand in their order within one test or type of the file. Lines
    /// between them, indentation and blank lines do not count.
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
        let compiled = Self.parts(of: try String(contentsOf: test, encoding: .utf8))
        for page in try FileManager.default.contentsOfDirectory(atPath: directory.path)
        where page.hasSuffix(".md") {
            let text = try String(contentsOf: directory.appending(path: page), encoding: .utf8)
            for block in text.components(separatedBy: "```swift").dropFirst() {
                count += 1
                let example = Self.lines(block.components(separatedBy: "```")[0])
                if !Self.contains(compiled, example) {
                    missing.append("\(page):\n\(example.joined(separator: "\n"))")
                }
            }
        }
    }

    /// The lines of each test and of each part between tests. A test begins at `@Test`.
    private static func parts(of text: String) -> [[String]] {
        lines(text).reduce(into: [[]]) { parts, line in
            if line.hasPrefix("@Test") { parts.append([]) }
            parts[parts.count - 1].append(line)
        }
    }

    /// Whether one of the parts has all lines of an example in their order.
    private static func contains(_ parts: [[String]], _ example: [String]) -> Bool {
        parts.contains { part in
            var rest = part[...]
            return example.allSatisfy { line in
                guard let index = rest.firstIndex(of: line) else { return false }
                rest = rest[(index + 1)...]
                return true
            }
        }
    }

    private static func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
    }
}
