// The libFuzzer target for lines. Tests/Fuzz/lines builds it into one module with
// Sources/ResilienceWire.

/// Decodes the input as the messages of each of the four directions.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    check(bytes, as: AgentMessage.self)
    check(bytes, as: HubToAgentMessage.self)
    check(bytes, as: OperatorMessage.self)
    check(bytes, as: Line.self)
    return 0
}

/// Checks that the input, split into any pieces, gives the same messages, that each message survives
/// encoding and decoding, and that error texts are short and printable.
private func check<Message: WireMessage>(_ bytes: UnsafeRawBufferPointer, as: Message.Type) {
    let whole: [Result<Message, WireError>] = messages(of: [bytes])
    precondition(messages(of: pieces(of: bytes)) == whole)
    for result in whole {
        switch result {
        case .success(let message):
            var again: [UInt8] = []
            message.encode(into: &again)
            precondition((try? Message(decoding: again)) == message)
            checkSafe(again, as: Message.self)
        case .failure(let error):
            let words = error.description.utf8
            precondition(words.count < 512 && words.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
        }
    }
}

/// Checks that a line decoded with `.safe` texts contains only safe text, and that decoding it again
/// does not change it.
private func checkSafe<Message: WireMessage>(_ bytes: [UInt8], as: Message.Type) {
    guard let safe = try? Message(decoding: bytes, texts: .safe) else { preconditionFailure() }
    var shown: [UInt8] = []
    safe.encode(into: &shown)
    let text = String(decoding: shown.dropLast(), as: UTF8.self)
    precondition(SafeText.sanitise(text).utf8.elementsEqual(text.utf8))
    precondition((try? Message(decoding: shown)) == safe)
    precondition((try? Message(decoding: shown, texts: .safe)) == safe)
}

private func messages<Message: WireMessage>(
    of pieces: [UnsafeRawBufferPointer]
) -> [Result<Message, WireError>] {
    var cutter = LineCutter()
    var results: [Result<Message, WireError>] = []
    for piece in pieces { cutter.append(piece) { results.append($0) } }
    return results
}

/// Splits the input into pieces of 1 to 32 bytes. The input's bytes set the sizes, so that the fuzzer
/// controls them.
private func pieces(of bytes: UnsafeRawBufferPointer) -> [UnsafeRawBufferPointer] {
    var pieces: [UnsafeRawBufferPointer] = []
    var start = 0
    while start < bytes.count {
        let end = min(bytes.count, start + 1 + Int(bytes[start] & 31))
        pieces.append(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
        start = end
    }
    return pieces
}
