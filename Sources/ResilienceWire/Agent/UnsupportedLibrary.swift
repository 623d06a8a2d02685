/// A library of an agent's program whose version the agent's client does not support.
public struct UnsupportedLibrary: Hashable, Sendable, CustomStringConvertible {
    /// The library's name and version, at most 128 bytes.
    public var library: String
    /// What is missing, and what is neither counted nor held for that reason, in words.
    public var why: String

    /// Creates the report of a library that is not supported.
    public init(library: String, why: String) {
        self.library = library
        self.why = why
    }

    /// The words for operators.
    public var description: String {
        "\(library) is not supported\(why.isEmpty ? "" : ": \(why)")"
    }
}
