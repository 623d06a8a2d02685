/// When a server asks to be called again: the header fields `Retry-After` (RFC 9110, 10.2.3) and
/// `retry-after-ms`.
public enum RetryAfter: Equatable, Sendable {
    /// After a time; never negative.
    case delay(Duration)
    /// At a date, in seconds since 1970-01-01T00:00:00Z.
    case date(secondsSince1970: Int64)

    /// The time since 1970, by the machine's wall clock.
    public static let systemClock: @Sendable () -> Duration = { Platform.sinceEpoch }

    /// The value of `Retry-After`: whole seconds, such as `120`, or an HTTP date (IMF-fixdate),
    /// such as `Sun, 06 Nov 1994 08:49:37 GMT`. `nil` where it is neither.
    public init?(header value: String) {
        let text = value.utf8.trimmed
        if let seconds = number(text) {
            self = .delay(.seconds(seconds))
        } else if let date = secondsSince1970(text) {
            self = .date(secondsSince1970: date)
        } else {
            return nil
        }
    }

    /// The value of `retry-after-ms`: whole milliseconds. `nil` where it is something else.
    public init?(millisecondsHeader value: String) {
        guard let milliseconds = number(value.utf8.trimmed) else { return nil }
        self = .delay(.milliseconds(milliseconds))
    }

    /// The wait that is asked for; zero for a date that is over.
    ///
    /// - Parameter sinceEpoch: the present time since 1970.
    public func delay(sinceEpoch now: Duration) -> Duration {
        switch self {
        case .delay(let delay): max(.zero, delay)
        case .date(let seconds): max(.zero, .seconds(seconds) - now)
        }
    }
}

extension String.UTF8View {
    /// Without the spaces and tabs around it.
    fileprivate var trimmed: Substring.UTF8View {
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == 9 }
        let tail = self[...].drop(while: isBlank)
        guard let last = tail.lastIndex(where: { !isBlank($0) }) else { return tail }
        return tail[...last]
    }
}

/// Digits and nothing else; what is too large is held to the largest number.
private func number(_ text: Substring.UTF8View) -> Int64? {
    guard !text.isEmpty else { return nil }
    var result: Int64 = 0
    for byte in text {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        let (tens, tooLarge) = result.multipliedReportingOverflow(by: 10)
        let (sum, tooLargeAgain) = tens.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
        // Not the largest Int64, which would overflow in the sums that follow.
        result = tooLarge || tooLargeAgain ? .max / 10 : sum
    }
    return result
}

/// IMF-fixdate: `Sun, 06 Nov 1994 08:49:37 GMT`, of fixed width.
private func secondsSince1970(_ text: Substring.UTF8View) -> Int64? {
    let bytes = Array(text)
    let form = Array("aaa, 00 aaa 0000 00:00:00 GMT".utf8)
    guard bytes.count == form.count else { return nil }
    for (byte, expected) in zip(bytes, form) {
        // Letters and digits of the form stand for any, all else for itself.
        switch expected {
        case UInt8(ascii: "a"), UInt8(ascii: "0"): continue
        default: guard byte == expected else { return nil }
        }
    }
    func field(_ range: Range<Int>) -> Int64? {
        number(Substring(decoding: bytes[range], as: UTF8.self).utf8)
    }
    let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    guard
        ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
            .contains(String(decoding: bytes[0..<3], as: UTF8.self)),
        let day = field(5..<7), let year = field(12..<16),
        let month = months.firstIndex(of: String(decoding: bytes[8..<11], as: UTF8.self)),
        let hour = field(17..<19), let minute = field(20..<22), let second = field(23..<25),
        day >= 1, day <= 31, hour < 24, minute < 60, second <= 60
    else { return nil }
    let days = daysSince1970(year: year, month: Int64(month) + 1, day: day)
    return days * 86_400 + hour * 3_600 + minute * 60 + second
}

/// Days from 1970-01-01 in the Gregorian calendar (Howard Hinnant, "chrono-Compatible Low-Level
/// Date Algorithms", `days_from_civil`), for years from 0.
private func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
    // Years begin in March, so that the leap day is the last of its year.
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
}
