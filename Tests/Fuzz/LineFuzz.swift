// libFuzzer's target for the lines, built into one module with Sources/ResilienceWire by make fuzz.

/// The bytes are read as each of the four directions.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    check(bytes, as: AgentMessage.self)
    check(bytes, as: HubToAgentMessage.self)
    check(bytes, as: OperatorMessage.self)
    check(bytes, as: Line.self)
    return 0
}

/// Whatever comes in whatever pieces: the same messages, which mean the same when they are said
/// again, and errors that are safe to show.
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

/// Read to be shown, a line has nothing that is not safe, and is read as it is from then on.
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

/// Pieces of 1 to 32 bytes, by the input's own bytes, so that the fuzzer finds what matters.
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
