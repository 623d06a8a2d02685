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
    }

    struct Phase: Sendable {
        let behaviour: Behaviour
        let length: Duration
    }

    let phases: [Phase]
    private let total: Duration

    /// Phases of 5 to 15 s: healthy ones between troubles of the given kinds.
    init(seed: UInt64, troubles: [Behaviour], calm: ClosedRange<Double> = 6...14) {
        let random = RandomSource.seeded(seed)
        phases = troubles.flatMap { trouble in
            [
                Phase(
                    behaviour: .healthy,
                    length: .seconds(random.uniform(calm.lowerBound, calm.upperBound))),
                Phase(behaviour: trouble, length: .seconds(random.uniform(5, 12))),
                Phase(behaviour: .degraded, length: .seconds(random.uniform(2, 5))),
            ]
        }
        total = phases.reduce(.zero) { $0 + $1.length }
    }

    func behaviour(after elapsed: Duration) -> Behaviour {
        guard total > .zero else { return .healthy }
        var rest = elapsed.seconds.truncatingRemainder(dividingBy: total.seconds)
        for phase in phases {
            rest -= phase.length.seconds
            if rest < 0 { return phase.behaviour }
        }
        return .healthy
    }
}
