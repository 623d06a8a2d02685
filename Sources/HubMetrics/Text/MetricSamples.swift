/// Writes samples in the Prometheus text format, version 0.0.4. HELP and TYPE come before a
/// metric's first sample; a metric without samples has neither.
struct MetricSamples {
    /// The text that was written but not taken yet.
    private(set) var text: [UInt8] = []
    /// The labels of the present subject, as text.
    var labels: [UInt8] = []
    private var name: [UInt8] = []
    /// The header to write before the metric's first sample.
    private var header: [UInt8] = []

    /// Starts a metric. All samples that follow belong to it.
    mutating func begin(_ family: MetricFamily) {
        name = Array(family.name.utf8)
        header = Array(
            """
            # HELP \(family.name) \(family.help)
            # TYPE \(family.name) \(family.kind.rawValue)

            """.utf8)
    }

    /// Writes a sample.
    ///
    /// - Parameters:
    ///   - labels: labels in addition to those of the subject.
    ///   - suffix: text after the metric's name, such as `_bucket`.
    mutating func add(_ value: Int, _ labels: [(String, String)] = [], suffix: String = "") {
        add("\(value)", labels, suffix)
    }

    mutating func add(_ value: Double, _ labels: [(String, String)] = [], suffix: String = "") {
        add(Self.number(value), labels, suffix)
    }

    /// Returns and removes the text written since the last call.
    mutating func take() -> [UInt8] {
        defer { text.removeAll(keepingCapacity: true) }
        return text
    }

    private mutating func add(_ value: String, _ own: [(String, String)], _ suffix: String) {
        text += header
        header.removeAll()
        text += name
        text += suffix.utf8
        if !labels.isEmpty || !own.isEmpty {
            text.append(UInt8(ascii: "{"))
            text += labels
            if !labels.isEmpty, !own.isEmpty { text.append(UInt8(ascii: ",")) }
            Self.write(own, to: &text)
            text.append(UInt8(ascii: "}"))
        }
        text.append(UInt8(ascii: " "))
        text += value.utf8
        text.append(UInt8(ascii: "\n"))
    }

    /// Encodes labels as text, such as `agent="planner",name="pay/stripe"`.
    static func labels(_ pairs: [(String, String)]) -> [UInt8] {
        var text: [UInt8] = []
        write(pairs, to: &text)
        return text
    }

    private static func write(_ pairs: [(String, String)], to text: inout [UInt8]) {
        for (index, (name, value)) in pairs.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            text += name.utf8
            text += [UInt8(ascii: "="), UInt8(ascii: "\"")]
            for byte in value.utf8 {
                switch byte {
                case UInt8(ascii: "\\"), UInt8(ascii: "\""): text += [UInt8(ascii: "\\"), byte]
                case UInt8(ascii: "\n"): text += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
                default: text.append(byte)
                }
            }
            text.append(UInt8(ascii: "\""))
        }
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return "\(value)"
    }
}
