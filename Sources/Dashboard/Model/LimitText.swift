import Fleet
import ResilienceWire

/// A limit's value as people type it, checked before anybody is asked.
enum LimitText: Equatable {
    case value(Double)
    /// No value that the limit takes, with what was expected.
    case malformed(String)

    init(_ text: String, for limit: LimitReading) {
        let text = text.filter { $0 != " " }
        guard !text.isEmpty else {
            let bounds = limit.bounds.isEmpty ? "" : ": \(limit.bounds)"
            self = .malformed("type a value for \(limit.name)\(bounds)")
            return
        }
        guard let value = Double(text), value.isFinite, abs(value) < 1e15 else {
            self = .malformed("'\(text)' is no number; \(limit.name) takes \(limit.taken)")
            return
        }
        self =
            limit.objection(to: value, typed: text).map { .malformed($0.description) }
            ?? .value(value)
    }
}

extension LimitReading {
    /// What it takes, in words.
    fileprivate var taken: String {
        let kind = isWhole ? "a whole number" : "a number"
        return bounds.isEmpty ? kind : "\(kind), \(bounds)"
    }
}
