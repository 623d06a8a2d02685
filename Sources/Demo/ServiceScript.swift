import Resilience

/// How a demo service behaves over time: a script of phases, drawn from a seed, that starts again at
/// its end.
struct ServiceScript: Sendable {
    enum Behaviour: Sendable {
        /// Answers, and fails now and then.
        case healthy
        /// Answers some calls only.
        case degraded
        /// Answers none.
        case outage
        /// Answers too late.
        case slow
        /// Answers HTTP 429 to most.
        case rateLimited
        /// Loads its model, and answers some calls only.
        case modelLoading
    }

    struct Phase: Sendable {
        let behaviour: Behaviour
        let length: Duration
    }

    let phases: [Phase]
    /// Good times before the first phase, so that not everything fails at once.
    private let lead: Duration
    private let total: Duration

    /// Phases of 2 to 20 s: healthy ones between troubles of the given kinds.
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
