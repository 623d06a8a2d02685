/// The error of a failed attempt: its type and its message.
public struct FailedAttempt: Equatable, Sendable {
    /// The ``ClassifiedError/errorType`` of a ``ClassifiedError``, otherwise the Swift type's name;
    /// cut at 128 bytes.
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

/// Returns the longest prefix of a text that has at most `bytes` bytes of UTF-8, in whole scalars.
private func cut(_ text: String, to bytes: Int) -> String {
    guard text.utf8.count > bytes else { return text }
    var end = text.utf8.index(text.startIndex, offsetBy: bytes)
    // Bytes of the form 10xxxxxx continue a scalar.
    while end > text.startIndex, text.utf8[end] & 0xC0 == 0x80 {
        end = text.utf8.index(before: end)
    }
    return String(text[..<end])
}
