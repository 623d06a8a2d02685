import Foundation
import Testing

@testable import Dashboard

/// The screens on the documentation's pages are the golden ones. `UPDATE_GOLDENS=1` writes those
/// that are on a page already; a new one begins as a comment with its name.
@Suite struct DocumentationTests {
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent()
    private static let catalog = tests.appending(
        path: "../../Sources/Dashboard/Dashboard.docc", directoryHint: .isDirectory)

    /// The pages by name.
    static var pages: [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: catalog.path)
        return (names ?? []).filter { $0.hasSuffix(".md") }.sorted()
    }

    private static let mark = "<!-- screen: "

    /// A page with the golden screens in the places that name them.
    private func page(_ text: String) throws -> String {
        var lines: [Substring] = []
        var rest = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        while let line = rest.popFirst() {
            lines.append(line)
            guard line.hasPrefix(Self.mark) else { continue }
            if rest.first == "```text" {
                let end = try #require(rest.dropFirst().firstIndex(of: "```"))
                rest = rest[(end + 1)...]
            }
            let name = line.dropFirst(Self.mark.count).prefix { $0 != " " }
            let file = Self.tests.appending(path: "Golden/\(name).txt")
            let screen = try String(contentsOf: file, encoding: .utf8)
            lines += ["```text"]
            lines += screen.dropLast().split(separator: "\n", omittingEmptySubsequences: false)
            lines += ["```"]
        }
        return lines.joined(separator: "\n")
    }

    @Test(arguments: pages)
    func documentationScreensEqualTheDrawnScreens(name: String) throws {
        let file = Self.catalog.appending(path: name)
        let text = try String(contentsOf: file, encoding: .utf8)
        let expected = try page(text)
        if ProcessInfo.processInfo.environment["UPDATE_GOLDENS"] == "1" {
            try expected.write(to: file, atomically: true, encoding: .utf8)
        } else {
            #expect(text == expected, "\(name) shows another screen than is drawn")
        }
    }

    @Test func everyViewHasAPage() throws {
        let text = try Self.pages.map {
            try String(contentsOf: Self.catalog.appending(path: $0), encoding: .utf8)
        }.joined()
        for name in [
            "main-120x40", "detail-120x40", "dialog-open-120x40", "limits-120x40",
            "dialog-limit-120x40", "help-120x40", "filter-80x24", "by-target-120x40",
            "empty-120x40", "lost-80x24", "main-80x24", "main-40x10", "ascii-80x24",
            "replay-120x40", "errors-120x40", "command-80x24", "agent-120x40",
            "silent-80x24", "crashed-80x24", "flapping-80x24",
        ] {
            #expect(text.contains("\(Self.mark)\(name) -->"), "no page shows \(name)")
        }
        #expect(Self.pages.count >= 13)
    }

    @Test func documentationPagesAreListed() throws {
        let list = try String(
            contentsOf: Self.catalog.appending(path: "Dashboard.md"), encoding: .utf8)
        for page in Self.pages where page != "Dashboard.md" {
            #expect(list.contains("<doc:\(page.dropLast(3))>"))
        }
    }
}
