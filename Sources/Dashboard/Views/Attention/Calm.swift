import Fleet
import ResilienceWire

/// The state of the attention strip: "all quiet", or the reason why not.
enum Calm: Equatable {
    /// The hub answers, an agent is up, and there are no alerts, standing orders or problems.
    case quiet
    /// There are problems, which the attention strip lists.
    case troubled
    /// A hub does not answer.
    case unconfirmed
    /// No agent has been seen.
    case empty
    /// No agent is up, but some were.
    case deserted(String)

    /// Determines the state for a dashboard.
    init(_ state: State) {
        let fleet = state.shownFleet
        if !Self.isConfirmed(state) {
            self = .unconfirmed
        } else if !state.attention.problems.isEmpty || !fleet.alerts.isEmpty
            || fleet.standing.contains(where: \.holds)
        {
            self = .troubled
        } else if fleet.agents.values.contains(where: { $0.state == .up }) {
            self = .quiet
        } else if let departure = Departure(fleet) {
            self = .deserted(departure.words(state.clock))
        } else {
            self = .empty
        }
    }

    private static func isConfirmed(_ state: State) -> Bool {
        state.connection.link.isConfirmed && state.connection.outages.isEmpty
            || state.time.past != nil
    }

    /// The time at which the last agent left, as text; `nil` if an agent is connected or the hub
    /// does not answer.
    static func departure(_ state: State) -> String? {
        isConfirmed(state) ? Departure(state.shownFleet)?.words(state.clock) : nil
    }

    var isQuiet: Bool { self == .quiet }

    /// The text for the strip if there are no problems to list.
    var words: String {
        switch self {
        case .quiet: "all quiet: no breaker is open, nothing is stuck"
        case .troubled: "no other problems"
        case .unconfirmed: "the hub does not answer: the present state is unknown"
        case .empty: "no agents yet"
        case .deserted(let words): words
        }
    }
}

/// The departure of the last agent.
struct Departure: Equatable {
    private let last: Int64
    private let crashed: Int

    /// Returns `nil` if an agent is connected or none is known.
    init?(_ fleet: Fleet) {
        let agents = fleet.agents.values
        guard !agents.isEmpty, agents.allSatisfy({ $0.state == .gone }) else { return nil }
        last = agents.map(\.since).max() ?? 0
        crashed = agents.count { !$0.leftByItself }
    }

    /// `no agents now, the last left 03:42:53Z (12 crashed)`.
    func words(_ clock: WallClock) -> String {
        let crashes = crashed == 0 ? "" : " (\(crashed) crashed)"
        return "no agents now, the last left \(clock.time(last))\(clock.sign(last))\(crashes)"
    }
}
