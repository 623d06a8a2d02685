import Fleet
import Foundation
import Resilience
import ResilienceWire
import Settings
import TestSupport
import Testing

@testable import Dashboard
@testable import DashboardApp

/// Times as they are typed and printed.
@Suite struct RecordingTimeTests {
    private static let day: Int64 = 86_400_000

    /// A way in which the program prints a time, and what it is precise to, in milliseconds.
    struct Printed: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let unit: Int64
        let text: @Sendable (Int64) -> String

        init(_ name: String, unit: Int64, _ text: @escaping @Sendable (Int64) -> String) {
            testDescription = name
            self.unit = unit
            self.text = text
        }
    }

    static let printed: [Printed] =
        [
            Printed("--json", unit: 1) { "\($0)" },
            Printed("export, and errors of --from", unit: 1) { TimeText.date($0) },
            Printed("report", unit: 1_000) { TimeText.dateForPeople($0) },
            Printed("report's tables", unit: 1_000) { TimeText.clock($0) },
            Printed("events", unit: 1_000) { at in
                String(
                    EventText.line(Line(at: at, .clock(jumpMS: 5_000)), in: Fleet())?.prefix(9)
                        ?? "")
            },
            Printed("names of recordings", unit: 1_000) { at in
                let date = TimeText.date(at).prefix(19)
                return date.filter { $0 != "-" && $0 != ":" } + "Z"
            },
        ]
        + [0, 19_800, -12_600, 7_200, -36_000].map { ahead in
            Printed("the clock on the screen, \(ahead) s ahead", unit: 1_000) { at in
                var clock = WallClock { _ in ahead }
                clock.isUTC = ahead == 0
                return clock.time(at) + clock.sign(at)
            }
        }

    @Test(arguments: printed)
    func printedTimeIsParsedAsTheSameMoment(_ printed: Printed) throws {
        var random = SplitMix64(seed: 12)
        for _ in 0..<500 {
            let at = Int64.random(in: 1_000_000_000_000...4_000_000_000_000, using: &random)
            // A time of the day is found in a recording that is shorter than one.
            let start = at - Int64.random(in: 0..<Self.day / 2, using: &random)
            let times = start...(at + Int64.random(in: 0..<Self.day / 2, using: &random))
            let text = printed.text(at)
            let time = try #require(RecordingTime(argument: text), "\(text)").time(in: times)
            #expect(time == at - at % printed.unit, "\(text)")
            #expect(RecordingTime.isTime(text))
        }
    }

    @Test func timeWithoutAZoneIsInTheZoneOfTheScreenClock() throws {
        var random = SplitMix64(seed: 13)
        for _ in 0..<500 {
            let at = Int64.random(in: 1_000_000_000...4_000_000_000, using: &random) * 1_000
            let times = (at - Self.day / 3)...(at + Self.day / 3)
            let ahead = Int.random(in: -14 * 4...14 * 4, using: &random) * 900
            var clock = WallClock { _ in ahead }
            clock.isUTC = Bool.random(using: &random)
            let zone = clock.isUTC ? ClockZone.utc : .ahead(seconds: ahead)
            let typed = try #require(RecordingTime(argument: clock.time(at)))
            #expect(typed.time(in: times, zone: zone) == at)
            #expect(typed.within(zone).time(in: times) == at)
            let date = String(TimeText.date(zone.reading(at: at)).dropLast())
            #expect(try #require(RecordingTime(argument: date)).time(in: times, zone: zone) == at)
        }
    }

    @Test(arguments: [
        "2026-08-01T18:00:00Z", "2026-08-01 18:00", "2026-08-01T23:30:00+05:30", "1785607200000",
    ])
    func silenceAcceptsEveryPrintedTimeWithADate(_ text: String) throws {
        func config(_ until: String) throws -> Config {
            try Config(
                yaml: "silences:\n  - {match: 'a', until: '\(until)', reason: x}\n", file: "c")
        }
        #expect(try config(text).alerts.silences.map(\.until) == [1_785_607_200_000])
        for other in ["18:00", "+5m", "50%"] {
            #expect(throws: SettingsError.self) { try config(other) }
        }
    }

    /// The second time zone of the test: with daylight saving time, on both sides of its changes.
    @Test func localTimeIsConvertedBeforeAndAfterDaylightSavingTime() throws {
        let berlin = try #require(TimeZone(identifier: "Europe/Berlin"))
        for text in ["2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z", "2026-10-25T12:00:00Z"] {
            let at = try #require(RecordingTime(argument: text)?.absolute)
            let date = Date(timeIntervalSince1970: Double(at) / 1_000)
            let ahead = berlin.secondsFromGMT(for: date)
            #expect(ClockZone.ahead(seconds: ahead).moment(of: at + Int64(ahead) * 1_000) == at)
        }
    }

    @Test(arguments: [
        ("14:02", 50_520_000), ("14:02:31", 50_551_000), ("14:02:31Z", 50_551_000),
        ("14:02:31 UTC", 50_551_000), ("19:32:31+05:30", 50_551_000), ("10:32:31-0330", 50_551_000),
        ("16:02+02", 50_520_000), ("14:02:31.25", 50_551_250), ("1970-01-01T14:02:31Z", 50_551_000),
        ("1970-01-01 14:02", 50_520_000), ("19700101T140231Z", 50_551_000), ("+90s", 90_000),
        ("-5m", 86_100_000), ("50%", 43_200_000), ("0000050551", 50_551),
    ])
    func eachFormIsTaken(_ text: String, _ time: Int64) {
        #expect(RecordingTime(argument: text)?.time(in: 0...Self.day) == time)
    }

    @Test(arguments: [
        "", "14", "14:2", "24:00", "14:60", "14:02:60", "14:02:31X", "14:02:31+", "14:02+25",
        "14:02:31.", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-08-01T", "20260801",
        "2026-08-01Q14:02", "+", "-", "+5x", "101%", "-1%", "99999999999999999999", "١٤:٠٢", "1402",
        "14:02:31Z ", "14:02Z5", "12345",
    ])
    func invalidTimeIsRejected(_ text: String) { #expect(RecordingTime(argument: text) == nil) }

    /// In a recording that begins within the minute or second that is typed, it is not the next day's.
    @Test func timeOfDayHasTheTypedPrecision() {
        let start: Int64 = 50_551_700
        let times = start...(start + 3 * Self.day)
        for text in ["14:02", "14:02:31"] {
            let time = RecordingTime(argument: text)?.time(in: times) ?? .max
            #expect(time <= start && time > start - 60_000)
        }
        #expect(RecordingTime(argument: "14:02:30")?.time(in: times) == Self.day + 50_550_000)
    }

    @Test func noTimeOfARecordingOverflows() {
        for times in [Int64.min...Int64.max, .min ... .min, .max ... .max] {
            for text in ["14:02", "14:02+14:00", "+9d", "-9d", "50%", "8640000000000000"] {
                _ = RecordingTime(argument: text)?.time(in: times)
            }
        }
    }
}
