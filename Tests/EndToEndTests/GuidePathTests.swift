import Foundation
import TestSupport
import Testing

/// The files that the guides at the top of the repository name and link.
@Suite struct GuidePathTests {
    @Test(arguments: ["README.md", "CONTRIBUTING.md", "SECURITY.md"])
    func everyFileNamedInAGuideExists(guide: String) throws {
        let text = try String(contentsOf: Tool.root.appending(path: guide), encoding: .utf8)
        let named = text.matches(of: /`((?:Sources|Tests|Clients|Packaging)\/[^`]+)`/)
            .map { String($0.1) }
        let linked = text.matches(of: /\]\(([^)#:]+)(?:#[^)]*)?\)/).map { String($0.1) }
        let paths = Set(named + linked).filter { !$0.contains("NAME") }
        #expect(!paths.isEmpty)
        let missing = paths.filter { path in
            !FileManager.default.fileExists(atPath: Tool.root.appending(path: path).path)
        }
        #expect(missing.sorted() == [])
    }
}
