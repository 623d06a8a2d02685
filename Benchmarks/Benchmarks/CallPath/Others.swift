import Benchmark
import Resilience
import Rows

func measureOthers() throws {
    measureAlone(Bulkhead(), blocking: .bulkhead, async: .bulkheadAsync)
    measureFallback()

    let hedge = Hedge()
    measure(.hedge) { calls async throws in
        for _ in 0..<calls { blackHole(try await hedge.call { 1 }) }
    }
    let timeout = Timeout(.seconds(60))
    measure(.timeout) { calls async throws in
        for _ in 0..<calls { blackHole(try await timeout.call { 1 }) }
    }

    let payments = Idempotency<Int, Int, Down>()
    measure(.replay) { calls in
        for _ in 0..<calls {
            blackHole(try payments.callBlocking(7) { () throws(Down) in 1 })
        }
    }
    measure(.replayAsync) { calls async throws in
        for _ in 0..<calls {
            blackHole(try await payments.call(7) { () async throws(Down) in 1 })
        }
    }
}

private func measureFallback() {
    let quotes = Fallback(keyedBy: Int.self, answering: Int.self)
    measure(.fallback) { calls in
        for _ in 0..<calls {
            blackHole(try quotes.callBlocking(primary: { 1 }, fallback: { 2 }))
        }
    }
    measure(.fallbackAsync) { calls async throws in
        for _ in 0..<calls {
            blackHole(try await quotes.call(primary: { 1 }, fallback: { 2 }))
        }
    }
    measure(.fallbackKept) { calls async throws in
        for _ in 0..<calls {
            blackHole(try await quotes.call(cacheKey: 7, primary: { 1 }, fallback: { 2 }))
        }
    }
}
