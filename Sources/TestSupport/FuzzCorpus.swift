import Foundation

/// The inputs that fuzzing kept. Each one reaches code that no other input reaches.
public enum FuzzCorpus {
    /// Returns all inputs, shortest first.
    public static func inputs() throws -> [[UInt8]] {
        let file = Tool.root.appending(path: "Tests/Fuzz/corpus.base64")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            .compactMap { Data(base64Encoded: String($0)).map(Array.init) }
    }
}
