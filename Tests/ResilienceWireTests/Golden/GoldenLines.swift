import ResilienceWire
import Testing

/// A line as a value and as the bytes that travel. `ProtocolPageTests` holds the examples of the page
/// `Protocol.md`.
struct GoldenLine: CustomTestStringConvertible {
    var text: String
    var line: Line

    init(_ text: String, _ line: Line) {
        self.text = text
        self.line = line
    }

    init(_ text: String, _ message: Message) {
        self.init(text, Line(message))
    }

    var testDescription: String { text }

    static let all = fromAgents + toAgents + stream
    static let planner = InstanceID(
        agent: "planner", instance: InstanceDigits(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef))
}
