// libFuzzer's target for the lines, built into one module with Sources/ResilienceWire by make fuzz.

/// Whatever comes in whatever pieces: the same lines, which mean the same when they are said again,
/// and errors that are fit to be shown.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    let whole = lines(of: [bytes])
    precondition(lines(of: pieces(of: bytes)) == whole)
    for result in whole {
        switch result {
        case .success(let line):
            var again: [UInt8] = []
            line.encode(into: &again)
            precondition((try? Line(decoding: again)) == line)
            checkSafe(again)
        case .failure(let error):
            let words = error.description.utf8
            precondition(words.count < 512 && words.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
        }
    }
    return 0
}

/// Read to be shown, a line has nothing that is not safe, and is read as it is from then on.
private func checkSafe(_ bytes: [UInt8]) {
    guard let safe = try? Line(decoding: bytes, texts: .safe) else { preconditionFailure() }
    var shown: [UInt8] = []
    safe.encode(into: &shown)
    let text = String(decoding: shown.dropLast(), as: UTF8.self)
    precondition(SafeText.sanitise(text).utf8.elementsEqual(text.utf8))
    precondition((try? Line(decoding: shown)) == safe)
    precondition((try? Line(decoding: shown, texts: .safe)) == safe)
}

private func lines(of pieces: [UnsafeRawBufferPointer]) -> [Result<Line, WireError>] {
    var cutter = LineCutter()
    var results: [Result<Line, WireError>] = []
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
