import Resilience
import Testing

/// The simulation of the AWS article "Exponential Backoff and Jitter" (Marc Brooker, 2015): clients
/// that want to write one record under optimistic concurrency control. Each reads the version, then
/// writes; a write that finds another version fails, backs off and reads again. Network delays are
/// normal with mean 10 ms and deviation 2 ms, the base is 5 ms and the cap 2 s, as in its
/// simulator.
@Suite struct BackoffSimulationTests {
    struct Result {
        var calls = 0.0
        var milliseconds = 0.0
    }

    static let clients = 100
    static let seeds = 8

    @Test func fullAndDecorrelatedJitterNeedFewerCallsAndLessTimeThanNone() throws {
        var results: [Backoff.Jitter: Result] = [:]
        print("jitter        calls  time to finish (\(Self.clients) clients, \(Self.seeds) seeds)")
        for jitter in [Backoff.Jitter.none, .full, .equal, .decorrelated] {
            let backoff = try Backoff(
                initial: .milliseconds(5), maximum: .seconds(2), jitter: jitter)
            var mean = Result()
            for seed in 0..<Self.seeds {
                let one = simulate(backoff, seed: UInt64(seed))
                mean.calls += one.calls / Double(Self.seeds)
                mean.milliseconds += one.milliseconds / Double(Self.seeds)
            }
            results[jitter] = mean
            let name = "\(jitter)"
            print(
                name + String(repeating: " ", count: 13 - name.count), Int(mean.calls), " ",
                Int(mean.milliseconds), "ms")
        }
        let none = try #require(results[Backoff.Jitter.none])
        let full = try #require(results[.full])
        let equal = try #require(results[.equal])
        let decorrelated = try #require(results[.decorrelated])
        for jittered in [full, decorrelated] {
            #expect(jittered.calls < none.calls)
            #expect(jittered.milliseconds < none.milliseconds)
            #expect(jittered.milliseconds < equal.milliseconds)
        }
        // As in the article: of the three jitters, equal is the worst; full makes the fewest calls,
        // and decorrelated takes a little less time.
        #expect(full.calls < equal.calls)
        #expect(full.calls < decorrelated.calls)
        #expect(decorrelated.milliseconds < full.milliseconds)
    }

    private struct Client {
        /// The version read; `nil` while the read is in transit.
        var read: Int?
        var arrives = 0.0
        var retries = 0
        var previous: Duration?
        var isDone = false
    }

    private func simulate(_ backoff: Backoff, seed: UInt64) -> Result {
        let random = RandomSource.seeded(seed)
        // The sum of twelve uniform numbers is nearly normal (Irwin-Hall).
        func network() -> Double {
            let sum = (0..<12).reduce(0) { sum, _ in sum + random.uniform(0, 1) }
            return abs(10 + 2 * (sum - 6))
        }
        var clients = (0..<Self.clients).map { _ in Client(arrives: network()) }
        var version = 0
        var left = clients.count
        var result = Result()
        while left > 0 {
            var next = -1
            for index in clients.indices where !clients[index].isDone {
                if next < 0 || clients[index].arrives < clients[next].arrives { next = index }
            }
            let now = clients[next].arrives
            guard let read = clients[next].read else {
                // The response of the read travels back, then the write travels out.
                clients[next].read = version
                clients[next].arrives = now + network() + network()
                continue
            }
            result.calls += 1
            let answered = now + network()
            if read == version {
                version += 1
                clients[next].isDone = true
                left -= 1
                result.milliseconds = max(result.milliseconds, answered)
            } else {
                let delay = backoff.delay(
                    beforeRetry: clients[next].retries, previous: clients[next].previous,
                    random: random)
                clients[next].retries += 1
                clients[next].previous = delay
                clients[next].read = nil
                clients[next].arrives = answered + delay.seconds * 1_000 + network()
            }
        }
        return result
    }
}
