/// A date in one of the three formats that recipients must accept by RFC 9110, 5.6.7.
struct HTTPDate {
    /// Seconds since 1970-01-01T00:00:00Z.
    let secondsSince1970: Int64

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let longWeekdays = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Parses a date. Returns `nil` if the text is not a valid date.
    ///
    /// - Parameter now: the present time since 1970. A two-digit year that seems more than 50 years
    ///   in the future is the latest past year with the same last digits.
    init?(_ text: Substring.UTF8View, sinceEpoch now: Duration) {
        let words = text.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        switch words.count {
        // Sun, 06 Nov 1994 08:49:37 GMT
        case 6 where words[0].count == 4 && words[0].hasSuffix(",") && words[5] == "GMT":
            guard Self.weekdays.contains(String(words[0].dropLast())), words[3].count == 4 else {
                return nil
            }
            self.init(year: words[3], month: words[2], day: words[1], time: words[4])
        // Sunday, 06-Nov-94 08:49:37 GMT
        case 4 where words[0].hasSuffix(",") && words[3] == "GMT":
            let date = words[1].split(separator: "-", omittingEmptySubsequences: false)
            guard Self.longWeekdays.contains(String(words[0].dropLast())), date.count == 3,
                date[2].count == 2
            else { return nil }
            self.init(
                year: String(date[2]), month: String(date[1]), day: String(date[0]),
                time: words[2], latest: now.seconds / 86_400 + 50 * 365.2425)
        // Sun Nov  6 08:49:37 1994; a one-digit day is padded with a space
        case 6 where words[2].isEmpty && words[3].count == 1:
            guard Self.weekdays.contains(words[0]), words[5].count == 4 else { return nil }
            self.init(year: words[5], month: words[1], day: "0" + words[3], time: words[4])
        case 5:
            guard Self.weekdays.contains(words[0]), words[4].count == 4 else { return nil }
            self.init(year: words[4], month: words[1], day: words[2], time: words[3])
        default:
            return nil
        }
    }

    /// - Parameter latest: the last day since 1970 that a two-digit year may denote.
    private init?(year: String, month: String, day: String, time: String, latest: Double? = nil) {
        let clock = time.split(separator: ":", omittingEmptySubsequences: false)
        guard clock.count == 3, clock.allSatisfy({ $0.utf8.count == 2 }), day.utf8.count == 2,
            let month = Self.months.firstIndex(of: month).map({ Int64($0) + 1 }),
            var year = wholeNumber(Substring(year).utf8),
            let day = wholeNumber(Substring(day).utf8),
            let hour = wholeNumber(clock[0].utf8), let minute = wholeNumber(clock[1].utf8),
            let second = wholeNumber(clock[2].utf8), hour < 24, minute < 60, second <= 60
        else { return nil }
        if let latest {
            // Tries the next century first, then earlier ones.
            year += 2_100 + Int64(latest / 36_524.25) * 100
            while Double(daysSince1970(year: year, month: month, day: day)) > latest {
                year -= 100
            }
        }
        let first = daysSince1970(year: year, month: month, day: 1)
        let next =
            month == 12
            ? daysSince1970(year: year + 1, month: 1, day: 1)
            : daysSince1970(year: year, month: month + 1, day: 1)
        guard day >= 1, day <= next - first else { return nil }
        secondsSince1970 = (first + day - 1) * 86_400 + hour * 3_600 + minute * 60 + second
    }
}

/// Days from 1970-01-01 in the Gregorian calendar (Howard Hinnant, "chrono-Compatible Low-Level
/// Date Algorithms", `days_from_civil`), for years from 0.
private func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
    // Years start in March, so that the leap day is the last day of the year.
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
}
