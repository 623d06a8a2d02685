import ArgumentParser
import Foundation

/// A time of a recording as people type it: `14:02`, `14:02:31`, `2026-08-01T14:02:31Z`, `+90s` from its
/// beginning, `-5m` from its end, `35%` of it.
enum TimeArgument: ExpressibleByArgument, Equatable {
    /// A time of the day, in seconds; in UTC, as recordings are shown.
    case ofDay(Int64)
    /// Unix milliseconds.
    case absolute(Int64)
    /// Milliseconds after the beginning.
    case afterStart(Int64)
    /// Milliseconds before the end.
    case beforeEnd(Int64)
    /// A share of it.
    case share(Double)

    init?(argument: String) {
        if let sign = argument.first, "+-".contains(sign),
            let duration = DurationArgument(argument: String(argument.dropFirst()))
        {
            self =
                sign == "+"
                ? .afterStart(duration.milliseconds) : .beforeEnd(duration.milliseconds)
        } else if argument.hasSuffix("%"), let percent = Double(argument.dropLast()),
            (0...100).contains(percent)
        {
            self = .share(percent / 100)
        } else if let date = try? Date(argument, strategy: .iso8601) {
            self = .absolute(Int64(date.timeIntervalSince1970 * 1_000))
        } else {
            let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
            let numbers = parts.compactMap { part in
                part.count == 2 && part.allSatisfy(\.isASCII) ? Int64(part) : nil
            }
            guard numbers.count == parts.count, (2...3).contains(numbers.count), numbers[0] < 24,
                numbers.dropFirst().allSatisfy({ $0 < 60 })
            else { return nil }
            self = .ofDay(
                numbers[0] * 3_600 + numbers[1] * 60 + (numbers.count == 3 ? numbers[2] : 0))
        }
    }

    /// Whether somebody's words are one.
    @Sendable static func isTime(_ text: String) -> Bool { Self(argument: text) != nil }

    /// Unix milliseconds in a recording of these times. A time of the day is the first one that is not
    /// before its beginning, or that of its first day where it ends before.
    func time(in times: ClosedRange<Int64>) -> Int64 {
        switch self {
        case .absolute(let time): return time
        case .afterStart(let span): return times.lowerBound + span
        case .share(let share):
            let length = Double(times.upperBound - times.lowerBound)
            return times.lowerBound + Int64(length * share)
        case .beforeEnd(let span): return times.upperBound - span
        case .ofDay(let second):
            let day: Int64 = 86_400_000
            let first = times.lowerBound / day * day + second * 1_000
            let next = first + day
            return first < times.lowerBound && next <= times.upperBound ? next : first
        }
    }
}
