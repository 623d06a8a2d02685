import Foundation

/// The time zone of a time that is typed or shown.
package enum ClockZone: Equatable, Sendable {
    case utc
    /// This many seconds ahead of UTC.
    case ahead(seconds: Int)
    /// The zone of this machine's clock, with its daylight saving time.
    case local

    /// The seconds that clocks in it are ahead of UTC, at a Unix time in milliseconds.
    package func secondsAhead(_ unixMS: Int64) -> Int {
        switch self {
        case .utc: 0
        case .ahead(let seconds): seconds
        case .local: LocalTime.secondsAhead(unixMS)
        }
    }

    /// The local reading at a Unix time, encoded as if it were UTC.
    package func reading(at unixMS: Int64) -> Int64 { unixMS + Int64(secondsAhead(unixMS)) * 1_000 }

    /// The Unix time of a local reading that is encoded as if it were UTC.
    package func moment(of reading: Int64) -> Int64 {
        // The second pass corrects an offset that changes in between, such as at the start of summer time.
        let near = reading - Int64(secondsAhead(reading)) * 1_000
        return reading - Int64(secondsAhead(near)) * 1_000
    }
}
