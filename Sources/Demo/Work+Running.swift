import Resilience
import ResilienceTelemetry

extension DemoAgent.Work {
    func run(_ telemetry: Telemetry, seed: UInt64) async {
        let service = Service(
            script: ServiceScript(seed: seed, lead: .seconds(lead), troubles: troubles), pace: pace,
            seed: seed)
        do {
            try await call(telemetry, service)
        } catch {
            // The policies of the demo are valid; a test fails if they are not.
            assertionFailure("\(error)")
        }
    }

    private func call(_ telemetry: Telemetry, _ service: Service) async throws {
        let backoff = try Backoff(initial: .milliseconds(100), maximum: .seconds(2))
        let policy = try RetryPolicy(maxAttempts: attempts, backoff: backoff)
        let breaker = CircuitBreaker(
            try CircuitBreakerPolicy(failureThreshold: failureThreshold, openFor: openFor))
        let budget = RetryBudget(try .tokenBucket(share: 0.1, perSecond: 1))
        switch shape {
        case .guarded:
            let pipeline = telemetry.monitor(strategy, target: target) {
                Retry(policy)
                breaker
            }
            await call(pipeline, service)
        case .bounded:
            let pipeline = try telemetry.monitor(strategy, target: target) {
                Retry(policy)
                breaker
                Timeout(pace * 3)
                Bulkhead(try BulkheadPolicy(maxConcurrent: 2, queueSize: 2))
            }
            await call(pipeline, service)
        case .hedged:
            let pipeline = try telemetry.monitor(strategy, target: target) {
                Retry(policy)
                breaker
                Hedge(try HedgePolicy(delay: pace * 1.4, maxHedges: 1))
            }
            await call(pipeline, service)
        case .adaptive:
            let pipeline = telemetry.monitor(strategy, target: target) {
                AdaptiveRetry(budget: budget, breaker: breaker)
                breaker
            }
            await call(pipeline, service)
        case .budgeted(let name):
            let contexts = ContextualRetry()
            contexts.register(Retry(.api, budget: budget), for: name)
            let context = contexts.strategy(for: name)
            await call(telemetry.monitor(strategy, target: target, context), service)
        case .context(let name):
            let pipeline = telemetry.monitor(strategy, target: target) {
                ContextualRetry().strategy(for: name)
                breaker
            }
            await call(pipeline, service)
        case .fallback:
            try await fallBack(telemetry, service, policy, breaker)
        case .idempotent:
            await order(telemetry, service, Retry(policy, budget: budget))
        case .batch:
            let batch = BatchRetry(policy)
            await publish(telemetry.monitor(strategy, target: target, batch), service)
        }
    }

    /// Calls the service at a fixed rate, whether or not earlier calls have ended.
    private func call(_ strategy: some Strategy, _ service: Service) async {
        await atItsRhythm { _ in
            _ = try? await strategy.call { try await service.call() }
        }
    }

    /// Calls the service, then a mirror that fails at other times, then uses cached quotes.
    private func fallBack(
        _ telemetry: Telemetry, _ service: Service, _ policy: RetryPolicy,
        _ breaker: CircuitBreaker
    ) async throws {
        let once = Retry(try RetryPolicy(maxAttempts: 1))
        let quotes = Fallback(
            primary: Pipeline {
                Retry(policy)
                breaker
            },
            secondary: once, cache: try CachePolicy(capacity: 100), keyedBy: Int.self,
            answering: Int.self)
        let mirror = Service(
            script: ServiceScript(seed: 7, lead: .seconds(lead), troubles: [.degraded, .outage]),
            pace: pace * 2, seed: 7)
        let monitored = telemetry.monitor(strategy, target: target, quotes)
        await atItsRhythm { number in
            _ = try? await monitored.call(cacheKey: number % 20) {
                try await service.call()
                return number
            } fallback: {
                try await mirror.call()
                return number
            }
        }
    }

    /// Sends orders, some of which arrive several times: at the same time or later.
    private func order(
        _ telemetry: Telemetry, _ service: Service, _ retry: Retry
    ) async {
        let orders = Idempotency<Int, Int, any Error>()
        let monitored = telemetry.monitor(strategy, target: target, orders)
        await atItsRhythm { number in
            // Every fifth order repeats the previous one, every eleventh an older one.
            let order =
                number % 5 == 4 ? number - 1 : number % 11 == 10 ? max(0, number - 40) : number
            _ = try? await monitored.call(order, under: retry) {
                try await service.call()
                return order
            }
        }
    }

    /// Publishes messages in batches of eight; each message may fail on its own.
    private func publish(_ batch: Monitored<BatchRetry>, _ service: Service) async {
        await atItsRhythm { _ in
            _ = try? await batch.call(Array(0..<8)) { messages in
                var results: [Result<Void, any Error>] = []
                for _ in messages {
                    do { results.append(.success(try await service.call())) } catch {
                        results.append(.failure(error))
                    }
                }
                return results
            }
        }
    }

    /// Starts pieces of work at a fixed rate, whether or not earlier ones have ended.
    private func atItsRhythm(_ body: @escaping @Sendable (_ number: Int) async -> Void) async {
        let random = RandomSource.system
        await withDiscardingTaskGroup { group in
            var number = 0
            while !Task.isCancelled {
                group.addTask { [number] in await body(number) }
                number += 1
                try? await TimeSource.monotonic.sleep(for: every * (0.5 + random.uniform(0, 1)))
            }
        }
    }
}
