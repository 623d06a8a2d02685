import ResilienceWire
import TestSupport
import Testing

@Suite struct LinePropertyTests {
    @Test func randomLinesRoundTrip() throws {
        var lines = RandomLines(seed: 4)
        for _ in 0..<5_000 {
            try roundTrip(lines.line())
            try roundTrip(lines.agentMessage())
            try roundTrip(lines.hubToAgentMessage())
            try roundTrip(lines.operatorMessage())
        }
    }

    private func roundTrip<Message: WireMessage>(_ message: Message) throws {
        let bytes = message.encoded
        #expect(bytes.count <= WireLimits.lineBytes)
        #expect(bytes.firstIndex(of: UInt8(ascii: "\n")) == bytes.count - 1)
        #expect(try Message(decoding: bytes) == message)
    }

    @Test func decoderSurvivesMutatedLines() {
        var random = SplitMix64(seed: 5)
        var accepted = 0
        for _ in 0..<15_000 {
            let golden = GoldenLine.all[Int.random(in: 0..<GoldenLine.all.count, using: &random)]
            var bytes = Array(golden.text.utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) { mutate(&bytes, using: &random) }
            accepted += decodesOrTells(bytes, as: golden.message) ? 1 : 0
        }
        // Many mutations make a line invalid, and many leave it valid.
        #expect(500..<12_000 ~= accepted)
    }

    @Test func decoderSurvivesRandomBytes() {
        var random = SplitMix64(seed: 6)
        let alphabet = Array(#"{}[]":,0123456789.eE+-\u tnsl"#.utf8)
        for round in 0..<5_000 {
            let bytes = (0..<Int.random(in: 0...64, using: &random)).map { _ in
                round.isMultiple(of: 2)
                    ? UInt8.random(in: .min ... .max, using: &random)
                    : alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            }
            _ = decodesOrTells(bytes, as: Line(.beat))
        }
    }

    @Test func decoderSurvivesFuzzCorpus() throws {
        let inputs = try FuzzCorpus.inputs()
        #expect(inputs.count > 500)
        var accepted = 0
        for line in inputs.flatMap({ $0.split(separator: UInt8(ascii: "\n")) }) {
            accepted += decodesOrTells(Array(line), as: Line(.beat)) ? 1 : 0
        }
        #expect(accepted > 100)
    }

    /// Returns whether the line decodes as a message of the same direction as another. If it does
    /// not, the error must be safe to show.
    private func decodesOrTells<Message: WireMessage>(_ bytes: [UInt8], as: Message) -> Bool {
        do throws(WireError) {
            let message = try Message(decoding: bytes)
            // A decoded message must survive another round trip unchanged.
            #expect((try? Message(decoding: message.encoded)) == message)
            return true
        } catch {
            #expect(error.description.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
            #expect(error.description.utf8.count < 512)
            return false
        }
    }

    private func mutate(_ bytes: inout [UInt8], using random: inout SplitMix64) {
        let index = bytes.isEmpty ? 0 : Int.random(in: 0..<bytes.count, using: &random)
        let byte = UInt8.random(in: .min ... .max, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0 where !bytes.isEmpty: bytes[index] = byte
        case 1 where !bytes.isEmpty: bytes[index] ^= 1 << UInt8(byte & 7)
        case 2 where !bytes.isEmpty: bytes.remove(at: index)
        case 3 where !bytes.isEmpty: bytes.removeSubrange(index...)
        default: bytes.insert(byte, at: index)
        }
    }
}
