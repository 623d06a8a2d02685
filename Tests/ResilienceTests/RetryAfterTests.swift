import Resilience
import TestSupport
import Testing

@Suite struct RetryAfterTests {
    struct Busy: ClassifiedError {
        let retryAfter: RetryAfter?
        var errorClass: ErrorClass { .http(status: 429) }
    }

    let clock = TestClock()
    /// Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110.
    static let example: Int64 = 784_111_777

    func retry(cap: Duration = .seconds(60)) throws -> Retry {
        Retry(
            try RetryPolicy(backoff: Backoff(jitter: .none), maxRetryAfter: cap), time: clock.time,
            wallClock: { .seconds(Self.example) })
    }

    static let headers: [(String, RetryAfter?)] = [
        ("120", .delay(.seconds(120))), (" 0\t", .delay(.zero)),
        ("Sun, 06 Nov 1994 08:49:37 GMT", .date(secondsSince1970: example)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", .date(secondsSince1970: 0)),
        ("Tue, 29 Feb 2000 23:59:60 GMT", .date(secondsSince1970: 951_868_800)),
        ("Mon, 23 Nov 2026 20:00:00 GMT", .date(secondsSince1970: 1_795_464_000)),
        ("Sunday, 06-Nov-94 08:49:37 GMT", .date(secondsSince1970: example)),
        ("Sun Nov  6 08:49:37 1994", .date(secondsSince1970: example)),
        ("Wed Nov 16 08:49:37 1994", .date(secondsSince1970: example + 864_000)),
        // In 2026, a two-digit year is at most 2076.
        ("Thursday, 01-Jan-76 00:00:00 GMT", .date(secondsSince1970: 3_345_062_400)),
        ("Saturday, 01-Jan-77 00:00:00 GMT", .date(secondsSince1970: 220_924_800)),
        ("Thu, 31 Feb 2027 00:00:00 GMT", nil), ("Mon, 29 Feb 2027 00:00:00 GMT", nil),
        ("Tue, 31 Apr 2027 00:00:00 GMT", nil), ("Sat, 00 Jan 2027 00:00:00 GMT", nil),
        ("Thu Feb 31 00:00:00 2027", nil), ("Sunday, 31-Feb-94 08:49:37 GMT", nil),
        ("Sun, 06-Nov-94 08:49:37 GMT", nil), ("Sun Nov 6 08:49:37 1994", nil),
        ("Sun Nov  6 08:49:37 1994 GMT", nil), ("Sun, 06 Nov 1994  08:49:37 GMT", nil),
        ("", nil), ("-1", nil), ("1.5", nil), ("soon", nil), ("12 s", nil),
        ("Sun, 06 Nov 1994 08:49:37 CET", nil), ("Sun, 32 Nov 1994 08:49:37 GMT", nil),
        ("Sun, 06 Foo 1994 08:49:37 GMT", nil), ("Foo, 06 Nov 1994 08:49:37 GMT", nil),
        ("Sun, 06 Nov 1994 24:00:00 GMT", nil), ("Sun, -6 Nov 1994 08:49:37 GMT", nil),
    ]

    @Test(arguments: headers)
    func headersAreParsed(_ row: (String, RetryAfter?)) {
        let now = Duration.seconds(1_795_464_000)
        #expect(RetryAfter(header: row.0, sinceEpoch: now) == row.1)
    }

    /// Every day from 1970 to 2399, by counting.
    @Test func everyDayOfTheCalendarIsParsed() {
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        var days: Int64 = 0
        for year in 1970..<2400 {
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            for (month, length) in zip(months, lengths) {
                for day in 1...31 {
                    let text = "Sun, \(day < 10 ? "0" : "")\(day) \(month) \(year) 00:00:00 GMT"
                    let expected =
                        day > length ? nil : RetryAfter.date(secondsSince1970: days * 86_400)
                    if RetryAfter(header: text) != expected { Issue.record("\(text)") }
                    if day <= length { days += 1 }
                }
            }
        }
        #expect(days == 157_054)
    }

    @Test func millisecondsHeaderIsParsed() {
        #expect(RetryAfter(millisecondsHeader: "1500") == .delay(.milliseconds(1_500)))
        #expect(RetryAfter(millisecondsHeader: "1.5") == nil)
        #expect(RetryAfter(millisecondsHeader: "") == nil)
    }

    @Test func largeNumbersDoNotOverflow() throws {
        let header = try #require(RetryAfter(header: String(repeating: "9", count: 400)))
        #expect(header.delay(sinceEpoch: .zero) > Backoff.longest)
    }

    @Test func dateIsComparedWithTheWallClockAndAPastDateIsZero() {
        let date = RetryAfter.date(secondsSince1970: 100)
        #expect(date.delay(sinceEpoch: .seconds(70)) == .seconds(30))
        #expect(date.delay(sinceEpoch: .seconds(101)) == .zero)
        #expect(RetryAfter.systemClock() > .seconds(Self.example))
    }

    /// The requested wait and the shortest possible wait; the computed one is a second.
    @Test(arguments: [
        (RetryAfter.delay(.seconds(7)), Duration.seconds(7)),
        (.delay(.zero), .seconds(1)), (.delay(.milliseconds(10)), .seconds(1)),
        (.delay(.seconds(60)), .seconds(60)),
        (.date(secondsSince1970: example + 12), .seconds(12)),
        (.date(secondsSince1970: example - 1), .seconds(1)),
    ])
    func waitIsAtLeastTheRequestedAndTheComputedOne(_ row: (RetryAfter, Duration)) throws {
        let script = Script(.fail(Busy(retryAfter: row.0)), .succeed("done"))
        #expect(try retry().callBlocking { try script.run() } == "done")
        let wait = try #require(clock.blocked.first)
        #expect(wait >= row.1)
        #expect(wait <= max(.seconds(1), row.1 * 1.1))
    }

    @Test func requestedWaitsAreJittered() throws {
        var waits: Set<Duration> = []
        for seed in 0..<100 {
            let retry = Retry(
                try RetryPolicy(backoff: .none), time: clock.time, random: .seeded(UInt64(seed)))
            let script = Script(
                .fail(Busy(retryAfter: .delay(.seconds(10)))), .succeed("done"))
            _ = try retry.callBlocking { try script.run() }
            waits.insert(try #require(clock.blocked.last))
        }
        #expect(waits.count == 100)
        #expect(waits.allSatisfy { $0 >= .seconds(10) && $0 <= .seconds(11) })
    }

    @Test func retryAfterBeyondTheCapIsNotRetried() async throws {
        let script = Script(.fail(Busy(retryAfter: .delay(.milliseconds(60_001)))))
        let outcome = await (try retry()).outcome { try script.run() }
        #expect(outcome.stopped == .retryAfter)
        #expect(script.runs == 1)
        #expect(clock.blocked.isEmpty)
    }

    @Test func computedDelayAppliesWithoutARetryAfter() throws {
        let script = Script(.fail(Busy(retryAfter: nil)), .succeed("done"))
        _ = try retry().callBlocking { try script.run() }
        #expect(clock.blocked == [.seconds(1)])
    }

    @Test func invalidCapIsRefusedWithFieldAndBounds() {
        let error = #expect(throws: PolicyError.self) { try retry(cap: .seconds(-1)) }
        #expect(
            error?.description
                == "RetryPolicy.maxRetryAfter must be 0 s to 365 days, not -1.0 seconds")
    }
}
