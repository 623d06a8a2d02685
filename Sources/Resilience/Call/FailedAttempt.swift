/// A failed attempt: its error's type, and its words.
public struct FailedAttempt: Equatable, Sendable {
    /// The error type: that of a ``ClassifiedError``, else the Swift type's name; cut at 128 bytes.
    public let type: String
    /// The error's description, cut at 1,024 bytes.
    public let message: String

    static let typeBytes = 128
    static let messageBytes = 1_024

    init(_ error: some Error) {
        let type =
            (error as? any ClassifiedError)?.errorType ?? "\(Swift.type(of: error as any Error))"
        self.init(type: type, message: "\(error)")
    }

    init(type: String, message: String) {
        self.type = cut(type, to: Self.typeBytes)
        self.message = cut(message, to: Self.messageBytes)
    }
}

/// The longest prefix of a text that has at most that many bytes of UTF-8, in whole scalars.
private func cut(_ text: String, to bytes: Int) -> String {
    guard text.utf8.count > bytes else { return text }
    var end = text.utf8.index(text.startIndex, offsetBy: bytes)
    // A byte of the form 10xxxxxx is not the first one of its scalar.
    while end > text.startIndex, text.utf8[end] & 0xC0 == 0x80 {
        end = text.utf8.index(before: end)
    }
    return String(text[..<end])
}
