import Foundation
import Screen
import Testing

@testable import Dashboard

/// Screens as text files beside the tests. `UPDATE_GOLDENS=1 swift test` writes them anew.
enum Golden {
    static func check(
        _ state: State, _ name: String, glyphs: Glyphs = .unicode,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try check(
            render(state, glyphs: glyphs).text.joined(separator: "\n") + "\n", name,
            sourceLocation: sourceLocation)
    }

    static func check(
        _ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Golden/\(name).txt")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDENS"] == "1" {
            try text.write(to: file, atomically: true, encoding: .utf8)
            return
        }
        let expected = try String(contentsOf: file, encoding: .utf8)
        #expect(
            text == expected, "\(name):\n\(text)\nexpected:\n\(expected)",
            sourceLocation: sourceLocation)
    }
}
