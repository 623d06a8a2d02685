import Dashboard
import Fleet
import ResilienceWire

extension Order {
    /// The effect of the order, as the end of a sentence that begins with "would".
    var phrase: String {
        switch self {
        case .open(let forMS?): "force the breaker open for \(Format.duration(forMS))"
        case .open(nil): "force the breaker open until it is reset"
        case .reset: "reset the breaker"
        case .halfOpen: "let probes through the breaker"
        case .disable: "disable the breaker"
        case .enable: "enable the breaker"
        case .setLimit(let name, let value?): "set \(name) to \(Format.number(value))"
        case .setLimit(let name, nil): "release \(name)"
        case .tap(let forMS):
            "show the calls one by one" + (forMS.map { " for \(Format.duration($0))" } ?? "")
        case .unknown(let word): "give the order '\(word)'"
        }
    }
}
