import Foundation

/// A parser of times of day and of dates with a time.
package struct ClockText {
    private var rest: Substring

    package init(_ text: String) {
        rest = text[...]
    }

    /// Parses the whole text; `nil` if it is not a time.
    package mutating func time() -> RecordingTime? {
        var day: Int64?
        var isCompact = false
        if let (date, dashes) = date() {
            day = date
            isCompact = !dashes
            if rest.isEmpty { return dashes ? .date(date, nil) : nil }
            guard take("T") || take("t") || take(" ") else { return nil }
        }
        guard let (clock, unit) = clock(colons: !isCompact) else { return nil }
        var zone: ClockZone?
        if !rest.isEmpty {
            zone = self.zone()
            guard zone != nil, rest.isEmpty else { return nil }
        }
        return day.map { .date($0 + clock, zone) } ?? .ofDay(clock, unit: unit, zone)
    }

    /// `2026-08-01`, or `20260801` with a `T` after it; its midnight in milliseconds, as if in UTC.
    private mutating func date() -> (midnight: Int64, dashes: Bool)? {
        let start = rest
        if let year = number(4) {
            let dashed = take("-")
            if let month = number(2), take("-") == dashed, let day = number(2),
                dashed || rest.first == "T"
            {
                let components = DateComponents(
                    calendar: Self.calendar, timeZone: .gmt, year: year, month: month, day: day)
                guard components.isValidDate, let date = components.date else { return nil }
                return (Int64(date.timeIntervalSince1970) * 1_000, dashed)
            }
        }
        rest = start
        return nil
    }

    /// `14:02`, `14:02:31`, `14:02:31.250`, without colons `140231`, in milliseconds, and the unit it is
    /// given to.
    private mutating func clock(colons: Bool) -> (time: Int64, unit: Int64)? {
        guard let hours = number(2), hours < 24, !colons || take(":"), let minutes = number(2),
            minutes < 60
        else { return nil }
        let time = Int64(hours * 60 + minutes) * 60_000
        guard colons ? take(":") : rest.first.map(Self.isDigit) ?? false else {
            return (time, 60_000)
        }
        guard let seconds = number(2), seconds < 60 else { return nil }
        guard take(".") else { return (time + Int64(seconds) * 1_000, 1_000) }
        let digits = rest.prefix(while: Self.isDigit)
        guard !digits.isEmpty else { return nil }
        rest = rest.dropFirst(digits.count)
        let fraction = Int64((digits + "00").prefix(3)) ?? 0
        return (time + Int64(seconds) * 1_000 + fraction, 1)
    }

    /// `Z`, `UTC`, `+02`, `-03:30`, `+0530`.
    private mutating func zone() -> ClockZone? {
        _ = take(" ")
        for word in ["Z", "z", "UTC"] where rest == word {
            rest = ""
            return .utc
        }
        let isBehind = take("-")
        guard isBehind || take("+"), let hours = number(2), hours < 24 else { return nil }
        var minutes = 0
        if !rest.isEmpty {
            _ = take(":")
            guard let number = number(2), number < 60 else { return nil }
            minutes = number
        }
        let seconds = (hours * 60 + minutes) * 60
        return .ahead(seconds: isBehind ? -seconds : seconds)
    }

    private mutating func take(_ character: Character) -> Bool {
        guard rest.first == character else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func number(_ digits: Int) -> Int? {
        let text = rest.prefix(digits)
        guard text.count == digits, text.allSatisfy(Self.isDigit) else { return nil }
        rest = rest.dropFirst(digits)
        return Int(text)
    }

    private static func isDigit(_ character: Character) -> Bool {
        character.isASCII && character.isNumber
    }

    private static let calendar = Calendar(identifier: .gregorian)
}
