public import ResilienceTelemetry

/// One agent of the demo: a process that calls simulated services through the real library.
public struct DemoAgent: Sendable {
    /// The strategies of a pipeline and how they are nested.
    enum Shape: Sendable {
        /// A retry around a breaker.
        case guarded
        /// Like `guarded`, with a timeout and a limit of concurrent calls.
        case bounded
        /// Like `guarded`, with a second request if the first has not answered in time.
        case hedged
        /// A number of attempts that adapts to the success rate, within a budget.
        case adaptive
        /// The retry of a context with the `api` policy, within a budget.
        case budgeted(String)
        /// The retry of a context around a breaker.
        case context(String)
        /// A guarded primary, then a fallback, then cached results.
        case fallback
        /// Idempotent requests, some of which arrive more than once.
        case idempotent
        /// Batches of eight items, each with its own result.
        case batch
    }

    /// One strategy of an agent and the rate of its calls.
    struct Work: Sendable {
        let strategy: String
        let target: String
        /// The time without failures at the start, in seconds.
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
    /// The number of processes of the agent.
    public let replicas: Int
    let work: [Work]

    /// Runs until its task is cancelled.
    ///
    /// - Parameters:
    ///   - seed: determines the services' scripts; the same seed gives the same failures.
    ///   - places: the socket of the demo's hub.
    public func run(seed: UInt64, places: SocketSearchPath) async {
        var options = Telemetry.Options()
        options.places = places
        options.sendsMessages = true
        let telemetry = Telemetry(agent: name, options: options)
        await withTaskGroup(of: Void.self) { group in
            for (index, work) in work.enumerated() {
                // Replicas call the same services, so they use the same scripts.
                let seed = seed &* 1_000 &+ UInt64(name.utf8.count * 100 + index)
                group.addTask { await work.run(telemetry, seed: seed) }
            }
        }
        await telemetry.shutdown()
    }
}
