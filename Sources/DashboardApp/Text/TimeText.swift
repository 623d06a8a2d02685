import Foundation

/// Formats times as commands print them: in UTC, with a `Z`. ``RecordingTime`` parses all of these formats.
package enum TimeText {
    /// `2026-08-01T14:02:31Z`, with milliseconds if they are not zero.
    package static func date(_ unixMS: Int64) -> String {
        let (second, rest) = parts(unixMS)
        let text = Date(timeIntervalSince1970: Double(second)).formatted(.iso8601)
        guard rest != 0 else { return text }
        // Computed with integers: a fraction of a floating-point second may be one millisecond less.
        return text.dropLast() + "." + String("\(1_000 + rest)".dropFirst()) + "Z"
    }

    /// `2026-08-01 14:02:31Z`, for people.
    package static func dateForPeople(_ unixMS: Int64) -> String {
        date(parts(unixMS).second * 1_000).replacing("T", with: " ")
    }

    /// The time of day: `14:02:31Z`.
    package static func clock(_ unixMS: Int64) -> String {
        String(dateForPeople(unixMS).split(separator: " ").last ?? "")
    }

    private static func parts(_ unixMS: Int64) -> (second: Int64, millisecond: Int64) {
        let rest = (unixMS % 1_000 + 1_000) % 1_000
        return ((unixMS - rest) / 1_000, rest)
    }
}
