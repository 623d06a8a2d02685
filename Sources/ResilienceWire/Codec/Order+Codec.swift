/// The fields of an order, which may come in any order.
struct OrderFields {
    private var word: String?
    private var name: String?
    private var value: Double?
    private var isAuto = false
    private var forMS: Int64?

    /// Reads one of the order's fields.
    mutating func read(_ key: JSONKey, from scanner: inout JSONScanner) throws(WireError) {
        switch key {
        case "do": word = try scanner.name()
        case "name": name = try scanner.name()
        case "value": value = try scanner.double()
        case "auto": isAuto = try scanner.bool()
        case "for_ms": forMS = try scanner.duration()
        default: try scanner.skipValue()
        }
    }

    func order() throws(WireError) -> Order {
        let word = try required(word, "do")
        switch Action(rawValue: word) {
        case .open: return .open(forMS: forMS)
        case .reset: return .reset
        case .halfOpen: return .halfOpen
        case .disable: return .disable
        case .enable: return .enable
        case .setLimit:
            let name = try required(name, "name")
            return .setLimit(name: name, value: isAuto ? nil : try required(value, "value"))
        case .tap: return .tap(forMS: forMS)
        case nil: return .unknown(word)
        }
    }
}

extension Order {
    package func write(to writer: inout JSONWriter) {
        writer.field("do", word)
        switch self {
        case .open(let forMS), .tap(let forMS):
            writer.field("for_ms", forMS)
        case .setLimit(let name, let value):
            writer.field("name", name)
            writer.field("value", value)
            if value == nil { writer.field("auto", true) }
        case .reset, .halfOpen, .disable, .enable, .unknown:
            break
        }
    }
}
