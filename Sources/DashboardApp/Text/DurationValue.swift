import Fleet

/// A duration as a user types it: `500ms`, `5s`, `15m`, `2h`, `1d`.
package struct DurationValue: Sendable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package init?(argument: String) {
        let units: [(String, Double)] = [
            ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
        ]
        guard let unit = units.first(where: { argument.hasSuffix($0.0) }),
            let number = Double(argument.dropLast(unit.0.utf8.count)),
            number >= 0, number * unit.1 <= 365 * 86_400_000
        else { return nil }
        milliseconds = Int64(number * unit.1)
    }

    package var duration: Duration { .milliseconds(milliseconds) }

    package var defaultValueDescription: String { Format.duration(milliseconds) }
}
