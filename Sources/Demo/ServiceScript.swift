import Resilience

/// The behaviour of a demo service over time: a script of phases, drawn from a seed. It starts
/// again at its end.
struct ServiceScript: Sendable {
    enum Behaviour: Sendable {
        /// Answers, with a failure now and then.
        case healthy
        /// Answers only some calls.
        case degraded
        /// Answers no calls.
        case outage
        /// Answers too late.
        case slow
        /// Answers most calls with HTTP 429.
        case rateLimited
        /// Loads its model and answers only some calls.
        case modelLoading
    }

    struct Phase: Sendable {
        let behaviour: Behaviour
        let length: Duration
    }

    let phases: [Phase]
    /// The healthy time before the first phase, so that services do not all fail at once.
    private let lead: Duration
    private let total: Duration

    /// Creates phases of 2 to 20 s: healthy phases between those of the given behaviours.
    init(seed: UInt64, lead: Duration, troubles: [Behaviour]) {
        let random = RandomSource.seeded(seed)
        self.lead = lead
        phases = troubles.flatMap { trouble in
            [
                Phase(
                    behaviour: .healthy,
                    length: .seconds(random.uniform(8, 20))),
                Phase(behaviour: trouble, length: .seconds(random.uniform(5, 12))),
                Phase(behaviour: .degraded, length: .seconds(random.uniform(2, 5))),
            ]
        }
        total = phases.reduce(.zero) { $0 + $1.length }
    }

    func behaviour(after elapsed: Duration) -> Behaviour {
        guard elapsed >= lead, total > .zero else { return .healthy }
        var rest = (elapsed - lead).seconds.truncatingRemainder(dividingBy: total.seconds)
        for phase in phases {
            rest -= phase.length.seconds
            if rest < 0 { return phase.behaviour }
        }
        return .healthy
    }
}
