import Resilience
public import ResilienceTelemetry

/// One agent of the demo: a process of its own that uses the real library against its services.
public struct DemoAgent: Sendable {
    /// Which strategies stand within each other.
    enum Shape: Sendable {
        case retry
        case guarded
        /// Guarded, and limited in time and in calls at once.
        case bounded
        /// Guarded, with another request beside one that has not answered.
        case hedged
        /// A number of attempts that follows the success rate, within a budget.
        case adaptive
    }

    /// One strategy of an agent, and how often it is called.
    struct Work: Sendable {
        let strategy: String
        let target: String
        /// Seconds of good times at the start.
        let lead: Int
        let troubles: [ServiceScript.Behaviour]
        let pace: Duration
        let every: Duration
        let attempts: Int
        let failureThreshold: Int
        let openFor: Duration
        var shape = Shape.guarded
    }

    /// The agent's name.
    public let name: String
    /// How many processes of it run.
    public let replicas: Int
    let work: [Work]

    /// The agents of the demo.
    public static let all = [
        DemoAgent(
            name: "planner", replicas: 3,
            work: [
                Work(
                    strategy: "llm/openai", target: "api.openai.com", lead: 12,
                    troubles: [.rateLimited, .slow], pace: .milliseconds(120),
                    every: .milliseconds(150), attempts: 3, failureThreshold: 5,
                    openFor: .seconds(5)),
                Work(
                    strategy: "pay/stripe", target: "api.stripe.com", lead: 0, troubles: [.outage],
                    pace: .milliseconds(60), every: .milliseconds(120), attempts: 3,
                    failureThreshold: 4, openFor: .seconds(8)),
                Work(
                    strategy: "geo/maps", target: "maps.internal", lead: 6,
                    troubles: [.slow, .outage],
                    pace: .milliseconds(30), every: .milliseconds(200), attempts: 2,
                    failureThreshold: 3, openFor: .seconds(6), shape: .bounded),
            ]),
        DemoAgent(
            name: "router", replicas: 1,
            work: [
                Work(
                    strategy: "llm/anthropic", target: "api.anthropic.com", lead: 9,
                    troubles: [.rateLimited], pace: .milliseconds(150),
                    every: .milliseconds(100), attempts: 4, failureThreshold: 6,
                    openFor: .seconds(6), shape: .hedged),
                Work(
                    strategy: "cache/redis", target: "redis:6379", lead: 2, troubles: [.outage],
                    pace: .milliseconds(2), every: .milliseconds(20), attempts: 2,
                    failureThreshold: 10, openFor: .seconds(3)),
                Work(
                    strategy: "vector/search", target: "vectors.internal", lead: 16,
                    troubles: [.slow],
                    pace: .milliseconds(80), every: .milliseconds(150), attempts: 3,
                    failureThreshold: 5, openFor: .seconds(5), shape: .bounded),
            ]),
        DemoAgent(
            name: "auth", replicas: 1,
            work: [
                Work(
                    strategy: "auth/ldap", target: "ldap.internal", lead: 4,
                    troubles: [.outage, .slow],
                    pace: .milliseconds(15), every: .milliseconds(60), attempts: 4,
                    failureThreshold: 5, openFor: .seconds(7), shape: .adaptive),
                Work(
                    strategy: "auth/tokens", target: "tokens.internal", lead: 20,
                    troubles: [.degraded],
                    pace: .milliseconds(8), every: .milliseconds(40), attempts: 3,
                    failureThreshold: 8, openFor: .seconds(4), shape: .adaptive),
            ]),
        DemoAgent(
            name: "scraper", replicas: 1,
            work: [
                Work(
                    strategy: "web/fetch", target: "various", lead: 0,
                    troubles: [.degraded, .slow],
                    pace: .milliseconds(200), every: .milliseconds(70), attempts: 3,
                    failureThreshold: 1_000, openFor: .seconds(5), shape: .retry),
                Work(
                    strategy: "queue/publish", target: "queue.internal", lead: 14,
                    troubles: [.outage],
                    pace: .milliseconds(5), every: .milliseconds(50), attempts: 3,
                    failureThreshold: 5, openFor: .seconds(5)),
                Work(
                    strategy: "db/orders", target: "orders-db", lead: 18,
                    troubles: [.degraded, .outage],
                    pace: .milliseconds(20), every: .milliseconds(80), attempts: 5,
                    failureThreshold: 4, openFor: .seconds(9)),
            ]),
    ]

    /// Works until its task is cancelled.
    ///
    /// - Parameters:
    ///   - seed: draws the services' scripts; the same seed fails the same way.
    ///   - places: where the demo's hub is.
    public func run(seed: UInt64, places: SocketPlaces) async {
        var options = Telemetry.Options()
        options.places = places
        options.sendsMessages = true
        let telemetry = Telemetry(agent: name, options: options)
        await withTaskGroup(of: Void.self) { group in
            for (index, work) in work.enumerated() {
                // Replicas share the services, and so the scripts.
                let seed = seed &* 1_000 &+ UInt64(name.utf8.count * 100 + index)
                group.addTask { await work.run(telemetry, seed: seed) }
            }
        }
        await telemetry.shutdown()
    }
}

extension DemoAgent.Work {
    func run(_ telemetry: Telemetry, seed: UInt64) async {
        let service = Service(
            script: ServiceScript(seed: seed, lead: .seconds(lead), troubles: troubles), pace: pace,
            seed: seed)
        do {
            try await call(telemetry, service)
        } catch {
            // The demo's own policies are within their bounds, or its tests fail.
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
        case .retry:
            let retry = Retry(policy, budget: budget)
            await call(telemetry.monitor(strategy, target: target) { retry }, service)
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
                try Timeout(pace * 3)
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
        }
    }

    /// Calls at its rhythm, whether or not earlier calls have ended.
    private func call(_ strategy: some Strategy, _ service: Service) async {
        let random = RandomSource.system
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                group.addTask { _ = try? await strategy.call { try await service.call() } }
                let pause = every * (0.5 + random.uniform(0, 1))
                try? await TimeSource.monotonic.sleep(for: pause)
            }
        }
    }
}
