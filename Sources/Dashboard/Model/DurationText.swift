/// A duration in the form that operators type: `5s`, `15m`, `2h`, `1h30m`. An empty text means no
/// end.
enum DurationText: Equatable {
    /// No end.
    case none
    /// A duration in milliseconds.
    case milliseconds(Int64)
    /// A text that is not a duration, with a message that says what was expected.
    case malformed(String)

    /// The maximum duration: one year, in milliseconds.
    static let longest: Int64 = 365 * 86_400_000

    init(_ text: String) {
        let text = text.filter { $0 != " " }.lowercased()
        guard !text.isEmpty else {
            self = .none
            return
        }
        var total: Int64 = 0
        var digits = ""
        for character in text {
            if character.isASCII, character.isNumber {
                digits.append(character)
                continue
            }
            guard let unit = Self.units[character], let number = Int64(digits),
                number <= Self.longest / unit
            else {
                self = Self.expected(text)
                return
            }
            total += number * unit
            digits = ""
        }
        guard digits.isEmpty, (1...Self.longest).contains(total) else {
            self = Self.expected(text)
            return
        }
        self = .milliseconds(total)
    }

    private static let units: [Character: Int64] = [
        "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000,
    ]

    private static func expected(_ text: String) -> DurationText {
        .malformed("'\(text)' is not a duration; expected 5s, 15m or 2h, or empty: until reset")
    }
}
