import ResilienceWire
import TestSupport
import Testing

/// Tests that decoded texts cannot mislead a reader.
@Suite struct LineTextsTests {
    private func encoded(_ line: Line) -> [UInt8] {
        var bytes: [UInt8] = []
        line.encode(into: &bytes)
        return bytes
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test func safeDecodingMakesEveryTextSafe() throws {
        var lines = RandomLines(seed: 19)
        for line in HostileLines.keyframe + HostileLines.news
            + (0..<20_000).map({ _ in lines.line() })
        {
            let safe = try Line(decoding: encoded(line), texts: .safe)
            #expect(HostileLines.unsafe(in: text(encoded(safe))) == [])
        }
    }

    /// Commands contain the name that the hub knows, so a safe name must not change.
    @Test func safeDecodingKeepsSafeTexts() throws {
        var lines = RandomLines(seed: 20)
        for _ in 0..<20_000 {
            let safe = encoded(try Line(decoding: encoded(lines.line()), texts: .safe))
            #expect(try Line(decoding: safe, texts: .safe) == Line(decoding: safe))
            #expect(try encoded(Line(decoding: safe, texts: .safe)) == safe)
        }
    }

    @Test func decodingAsSentKeepsEveryText() throws {
        for line in HostileLines.keyframe + HostileLines.news {
            #expect(try Line(decoding: encoded(line)) == line)
        }
    }

    /// The fast path treats ASCII without escapes as safe. DEL is ASCII but not safe.
    @Test(arguments: 0...40) func safeDecodingEscapesDeleteAtEveryOffset(offset: Int) throws {
        let why = String(repeating: "a", count: offset) + "\u{7F}b"
        let bytes = encoded(Line(at: 1, .agentGone(why: why)))
        guard case .agentGone(let shown) = try Line(decoding: bytes, texts: .safe).message else {
            Issue.record("another line")
            return
        }
        #expect(shown == String(repeating: "a", count: offset) + #"\x7fb"#)
    }

    @Test func batchAndCutterMakeTextsSafe() throws {
        let bytes = HostileLines.bytes(HostileLines.keyframe + HostileLines.news)
        for line in try LineBatch(bytes: bytes).decoded() {
            #expect(HostileLines.unsafe(in: text(encoded(line))) == [])
        }
        var cutter = LineCutter(texts: .safe)
        cutter.append(bytes.span) { (result: Result<Line, WireError>) in
            let line = (try? result.get()).map { text(encoded($0)) }
            #expect(line.map { HostileLines.unsafe(in: $0) } == [])
        }
    }

    @Test func sanitiseLinesKeepsNewlines() {
        let text = "a\u{1B}[2J\nb\r\nc\u{85}\n\n"
        #expect(SafeText.sanitiseLines(text) == "a\\x1b[2J\nb\\x0d\nc\\x85\n\n")
    }
}
