import Resilience
import TestSupport
import Testing

@Suite struct RetryAfterTests {
    struct Busy: ClassifiedError {
        let retryAfter: RetryAfter?
        var errorClass: ErrorClass { .http(status: 429) }
    }

    let clock = TestClock()
    /// Sun, 06 Nov 1994 08:49:37 GMT, RFC 9110's own example.
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
        ("", nil), ("-1", nil), ("1.5", nil), ("soon", nil), ("12 s", nil),
        ("Sun, 06 Nov 1994 08:49:37 CET", nil), ("Sun, 32 Nov 1994 08:49:37 GMT", nil),
        ("Sun, 06 Foo 1994 08:49:37 GMT", nil), ("Foo, 06 Nov 1994 08:49:37 GMT", nil),
        ("Sun, 06 Nov 1994 24:00:00 GMT", nil), ("Sun, -6 Nov 1994 08:49:37 GMT", nil),
    ]

    @Test(arguments: headers)
    func headersAreRead(_ row: (String, RetryAfter?)) {
        #expect(RetryAfter(header: row.0) == row.1)
    }

    @Test func millisecondsAreRead() {
        #expect(RetryAfter(millisecondsHeader: "1500") == .delay(.milliseconds(1_500)))
        #expect(RetryAfter(millisecondsHeader: "1.5") == nil)
        #expect(RetryAfter(millisecondsHeader: "") == nil)
    }

    @Test func noNumberOverflows() throws {
        let header = try #require(RetryAfter(header: String(repeating: "9", count: 400)))
        #expect(header.delay(sinceEpoch: .zero) > Backoff.longest)
    }

    @Test func aDateIsMeasuredByTheWallClockAndThePastIsNow() {
        let date = RetryAfter.date(secondsSince1970: 100)
        #expect(date.delay(sinceEpoch: .seconds(70)) == .seconds(30))
        #expect(date.delay(sinceEpoch: .seconds(101)) == .zero)
        #expect(RetryAfter.systemClock() > .seconds(Self.example))
    }

    @Test(arguments: [
        (RetryAfter.delay(.seconds(7)), Duration.seconds(7)),
        (.delay(.zero), .zero), (.delay(.seconds(60)), .seconds(60)),
        (.date(secondsSince1970: example + 12), .seconds(12)),
    ])
    func itWinsOverTheComputedDelayUpToTheCap(_ row: (RetryAfter, Duration)) throws {
        let script = Script(.fail(Busy(retryAfter: row.0)), .succeed("done"))
        #expect(try retry().callBlocking { try script.run() } == "done")
        #expect(clock.blocked == [row.1])
    }

    @Test func beyondTheCapThereIsNoRetry() async throws {
        let script = Script(.fail(Busy(retryAfter: .delay(.milliseconds(60_001)))))
        let outcome = await (try retry()).outcome { try script.run() }
        #expect(outcome.stopped == .retryAfter)
        #expect(script.runs == 1)
        #expect(clock.blocked.isEmpty)
    }

    @Test func withoutOneTheComputedDelayIsTaken() throws {
        let script = Script(.fail(Busy(retryAfter: nil)), .succeed("done"))
        _ = try retry().callBlocking { try script.run() }
        #expect(clock.blocked == [.seconds(1)])
    }

    @Test func aCapThatMakesNoSenseNamesFieldAndBounds() {
        let error = #expect(throws: PolicyError.self) { try retry(cap: .seconds(-1)) }
        #expect(
            error?.description
                == "RetryPolicy.maxRetryAfter must be 0 s to 365 days, not -1.0 seconds")
    }
}
