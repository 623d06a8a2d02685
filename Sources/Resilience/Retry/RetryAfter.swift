/// The time at which a server asks to be called again, from the header fields `Retry-After` (RFC
/// 9110, 10.2.3) and `retry-after-ms`.
public enum RetryAfter: Equatable, Sendable {
    /// After a delay; never negative.
    case delay(Duration)
    /// At a date, in seconds since 1970-01-01T00:00:00Z.
    case date(secondsSince1970: Int64)

    /// The time since 1970 on the machine's wall clock.
    public static let systemClock: @Sendable () -> Duration = { Platform.sinceEpoch }

    /// Parses a `Retry-After` header: whole seconds, such as `120`, or an HTTP date in one of the
    /// three formats of RFC 9110, 5.6.7, such as `Sun, 06 Nov 1994 08:49:37 GMT`. Returns `nil` for
    /// any other text.
    ///
    /// - Parameter now: the present time since 1970, for two-digit years.
    public init?(header value: String, sinceEpoch now: Duration = systemClock()) {
        let text = value.utf8.trimmed
        if let seconds = wholeNumber(text) {
            self = .delay(.seconds(seconds))
        } else if let date = HTTPDate(text, sinceEpoch: now) {
            self = .date(secondsSince1970: date.secondsSince1970)
        } else {
            return nil
        }
    }

    /// Parses a `retry-after-ms` header: whole milliseconds. Returns `nil` for any other text.
    public init?(millisecondsHeader value: String) {
        guard let milliseconds = wholeNumber(value.utf8.trimmed) else { return nil }
        self = .delay(.milliseconds(milliseconds))
    }

    /// Returns the requested wait; zero for a date in the past.
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
    /// The text without leading and trailing spaces and tabs.
    fileprivate var trimmed: Substring.UTF8View {
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == 9 }
        let tail = self[...].drop(while: isBlank)
        guard let last = tail.lastIndex(where: { !isBlank($0) }) else { return tail }
        return tail[...last]
    }
}

/// Parses a text that consists of digits only. A number that is too large becomes the largest one.
func wholeNumber(_ text: Substring.UTF8View) -> Int64? {
    guard !text.isEmpty else { return nil }
    var result: Int64 = 0
    for byte in text {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        let (tens, tooLarge) = result.multipliedReportingOverflow(by: 10)
        let (sum, tooLargeAgain) = tens.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
        // Less than the largest Int64, which would overflow in later sums.
        result = tooLarge || tooLargeAgain ? .max / 10 : sum
    }
    return result
}
