import ResilienceWire
import Testing

/// A line as a value and as the bytes that travel. `ProtocolPageTests` holds the examples of the page
/// `Protocol.md`.
struct GoldenLine: CustomTestStringConvertible {
    var text: String
    var message: any WireMessage

    /// A line of the stream.
    init(_ text: String, _ line: Line) {
        self.text = text
        message = line
    }

    init(_ text: String, _ message: AgentMessage) {
        self.text = text
        self.message = message
    }

    init(_ text: String, _ message: HubToAgentMessage) {
        self.text = text
        self.message = message
    }

    init(_ text: String, _ message: OperatorMessage) {
        self.text = text
        self.message = message
    }

    var testDescription: String { text }

    static let all = fromAgents + toAgents + toHub + stream
    static let planner = InstanceID(
        agent: "planner", instance: InstanceDigits(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef))
}

extension WireMessage {
    /// Whether a text is this message.
    func isDecoded(from text: String) throws -> Bool { try Self(text) == self }

    /// The message as bytes.
    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        encode(into: &bytes)
        return bytes
    }

    init(_ text: String) throws(WireError) {
        try self.init(decoding: Array(text.utf8))
    }
}
