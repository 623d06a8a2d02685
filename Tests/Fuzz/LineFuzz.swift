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
        case .failure(let error):
            let words = error.description.utf8
            precondition(words.count < 512 && words.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
        }
    }
    return 0
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
