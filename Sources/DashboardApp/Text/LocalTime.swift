import Foundation

/// The time zone of this machine.
package enum LocalTime {
    /// The seconds that the local clock is ahead of UTC, at a Unix time in milliseconds.
    @Sendable package static func secondsAhead(_ unixMS: Int64) -> Int {
        TimeZone.current.secondsFromGMT(
            for: Date(timeIntervalSince1970: Double(unixMS) / 1_000))
    }
}
