import Foundation

/// The zone that a time is typed or shown in.
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

    /// What clocks in it show at a Unix time, as if it were UTC.
    package func reading(at unixMS: Int64) -> Int64 { unixMS + Int64(secondsAhead(unixMS)) * 1_000 }

    /// The Unix time at which clocks in it show a time that is given as if it were UTC.
    package func moment(of reading: Int64) -> Int64 {
        // An offset that changes in between is right the second time.
        let near = reading - Int64(secondsAhead(reading)) * 1_000
        return reading - Int64(secondsAhead(near)) * 1_000
    }
}
