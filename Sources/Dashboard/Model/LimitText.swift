import Fleet
import ResilienceWire

/// The value of a limit as typed, checked before a command is sent.
enum LimitText: Equatable {
    case value(Double)
    /// A text that the limit does not accept, with a message that says what was expected.
    case malformed(String)

    init(_ text: String, for limit: LimitReading) {
        let text = text.filter { $0 != " " }
        guard !text.isEmpty else {
            let bounds = limit.bounds.isEmpty ? "" : ": \(limit.bounds)"
            self = .malformed("type a value for \(limit.name)\(bounds)")
            return
        }
        guard let value = Double(text), value.isFinite, abs(value) < 1e15 else {
            self = .malformed("'\(text)' is not a number; \(limit.name) takes \(limit.taken)")
            return
        }
        self =
            limit.rejection(of: value, typed: text).map { .malformed($0.description) }
            ?? .value(value)
    }
}

extension LimitReading {
    /// The accepted values as text.
    fileprivate var taken: String {
        let kind = isWhole ? "a whole number" : "a number"
        return bounds.isEmpty ? kind : "\(kind), \(bounds)"
    }
}
