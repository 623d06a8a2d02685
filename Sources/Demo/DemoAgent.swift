public import ResilienceTelemetry

/// One agent of the demo: a process of its own that uses the real library against its services.
public struct DemoAgent: Sendable {
    /// Which strategies stand within each other.
    enum Shape: Sendable {
        /// A retry around a breaker.
        case guarded
        /// Guarded, and limited in time and in calls at once.
        case bounded
        /// Guarded, with another request beside one that has not answered.
        case hedged
        /// A number of attempts that follows the success rate, within a budget.
        case adaptive
        /// A context's retry with the `api` policy, within a budget.
        case budgeted(String)
        /// A context's retry around a breaker.
        case context(String)
        /// A guarded primary, a fallback and the kept results.
        case fallback
        /// Requests of which some arrive more than once.
        case idempotent
        /// Eight items at a time, each with a result of its own.
        case batch
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

    /// Works until its task is cancelled.
    ///
    /// - Parameters:
    ///   - seed: draws the services' scripts; the same seed fails the same way.
    ///   - places: where the demo's hub is.
    public func run(seed: UInt64, places: SocketSearchPath) async {
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
