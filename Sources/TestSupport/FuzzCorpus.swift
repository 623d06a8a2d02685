import Foundation

/// The inputs that fuzzing found worth keeping: each reaches code that no other does.
public enum FuzzCorpus {
    /// All of them, shortest first.
    public static func inputs() throws -> [[UInt8]] {
        let file = Tool.root.appending(path: "Tests/Fuzz/corpus.base64")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            .compactMap { Data(base64Encoded: String($0)).map(Array.init) }
    }
}
