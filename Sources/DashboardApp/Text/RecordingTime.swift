/// A time in a recording, as a user types it or a command prints it: `14:02`, `14:02:31Z`,
/// `19:32:31+05:30`, `2026-08-01T14:02:31.250Z`, `2026-08-01 14:02`, Unix milliseconds, `+90s` from its
/// beginning, `-5m` from its end, `35%` of it.
///
/// A time without a zone is in the zone of the clock on the screen: UTC, or local time after `:utc`. On
/// a command line it is UTC.
package enum RecordingTime: Equatable, Sendable {
    /// A time of day in milliseconds, with its precision in milliseconds, such as 60,000 for a minute.
    case ofDay(Int64, unit: Int64, ClockZone?)
    /// A date with a time, in milliseconds, encoded as if it were UTC.
    case date(Int64, ClockZone?)
    /// Unix milliseconds.
    case absolute(Int64)
    /// Milliseconds after the beginning.
    case afterStart(Int64)
    /// Milliseconds before the end.
    case beforeEnd(Int64)
    /// A share of the recording, 0 to 1.
    case share(Double)

    /// The accepted formats, for `--help`.
    package static let help = """
        Accepts every time format of fusebox: 14:02:31Z, 19:32:31+05:30, 2026-08-01 14:02, Unix \
        milliseconds. A time without a zone is UTC, as on the screen; after ':utc' both are local.
        """

    package init?(argument: String) {
        if let sign = argument.first, "+-".contains(sign) {
            guard let duration = DurationValue(argument: String(argument.dropFirst())) else {
                return nil
            }
            self =
                sign == "+"
                ? .afterStart(duration.milliseconds) : .beforeEnd(duration.milliseconds)
        } else if argument.hasSuffix("%") {
            guard let percent = Double(argument.dropLast()), (0...100).contains(percent) else {
                return nil
            }
            self = .share(percent / 100)
        } else if argument.utf8.count >= 10, argument.utf8.allSatisfy(Self.isDigit) {
            guard let time = Int64(argument), time <= Self.latest else { return nil }
            self = .absolute(time)
        } else {
            var text = ClockText(argument)
            guard let time = text.time() else { return nil }
            self = time
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// Whether a text is a time in one of the formats.
    @Sendable package static func isTime(_ text: String) -> Bool { Self(argument: text) != nil }

    /// The latest accepted time in Unix milliseconds: the limit of ECMAScript, in the year 275760.
    private static let latest: Int64 = 8_640_000_000_000_000
    private static let day: Int64 = 86_400_000

    /// The Unix time in milliseconds, for a recording that covers these times.
    ///
    /// A time of day means its first occurrence after the start of the recording. If the recording ends before
    /// that, it means the first day of the recording.
    ///
    /// - Parameter zone: the zone of a time that has none of its own.
    package func time(in times: ClosedRange<Int64>, zone: ClockZone = .utc) -> Int64 {
        let (start, end) = (Self.bounded(times.lowerBound), Self.bounded(times.upperBound))
        switch self {
        case .absolute(let time): return time
        case .date(let reading, let own): return (own ?? zone).moment(of: reading)
        case .afterStart(let span): return start + Self.bounded(span)
        case .share(let share): return start + Int64(Double(end - start) * share)
        case .beforeEnd(let span): return end - Self.bounded(span)
        case .ofDay(let time, let unit, let own):
            let zone = own ?? zone
            let reading = zone.reading(at: start)
            let midnight = reading - (reading % Self.day + Self.day) % Self.day
            let first = zone.moment(of: midnight + time)
            let next = zone.moment(of: midnight + Self.day + time)
            // A time that is given to the minute means the whole minute.
            return first + unit <= start && next <= end ? next : first
        }
    }

    /// This time with a zone, if it has none of its own.
    package func within(_ zone: ClockZone) -> RecordingTime {
        switch self {
        case .ofDay(let time, let unit, nil): .ofDay(time, unit: unit, zone)
        case .date(let reading, nil): .date(reading, zone)
        case .ofDay, .date, .absolute, .afterStart, .beforeEnd, .share: self
        }
    }

    /// The Unix time in milliseconds; `nil` if it depends on the recording.
    package var absolute: Int64? {
        switch self {
        case .absolute, .date: time(in: 0...0)
        case .ofDay, .afterStart, .beforeEnd, .share: nil
        }
    }

    private static func bounded(_ time: Int64) -> Int64 { min(max(time, -latest), latest) }
}
