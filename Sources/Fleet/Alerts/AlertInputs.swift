import ResilienceWire

/// The data that alert rules are evaluated on: the fleet at one moment, summed over the instances
/// of each agent.
struct AlertInputs {
    /// One strategy summed over all connected instances of an agent. A stale instance counts with
    /// its last data.
    struct Strategy {
        var instances = 0
        /// Instances with a breaker that tripped and has not closed, and the reason of one of them.
        var open = 0
        var why = ""
        /// Instances whose breaker is flapping. The openings and the open share are those of the
        /// breaker that opened most often.
        var flapping = 0
        var openings = 0
        var openShare = 0.0
        /// The calls of the last minute.
        var minute = CallCounts()
        /// The smallest remaining share of a retry budget, 0 to 1.
        var budget: Double?
        /// The age of the oldest call in flight, in milliseconds.
        var oldestMS: Int64?
    }

    /// One agent, summed over its instances.
    struct Agent {
        var connected = 0
        var stale = 0
        /// The times at which instances connected or were heard again, in Unix milliseconds.
        var arrivals: [Int64] = []
        /// Instances that disconnected without `bye`, with time and reason.
        var departures: [(at: Int64, why: String)] = []

        /// Departures that no later arrival replaced, latest last.
        var missing: [(at: Int64, why: String)] {
            var free = arrivals.sorted()[...]
            return departures.sorted { ($0.at, $0.why) < ($1.at, $1.why) }.filter { departure in
                free = free.drop { $0 < departure.at }
                return free.popFirst() == nil
            }
        }
    }

    private(set) var strategies: [AlertSubject: Strategy] = [:]
    private(set) var agents: [AlertSubject: Agent] = [:]

    /// The period over which rates are calculated, in milliseconds.
    static let spanMS: Int64 = 60_000

    /// Whether the inputs have data of a subject.
    func have(_ subject: AlertSubject) -> Bool {
        subject.strategy == nil ? agents[subject] != nil : strategies[subject] != nil
    }

    /// Adds the strategies with these names of an instance, unless it is gone.
    mutating func add(_ agent: AgentRecord, _ names: Set<String>, at now: Int64) {
        guard agent.state != .gone else { return }
        for name in names {
            guard let record = agent.strategies[name] else { continue }
            let subject = AlertSubject(agent: agent.id.agent, strategy: name)
            strategies[subject, default: Strategy()].add(record, at: now)
        }
    }

    /// Adds the connection states of all instances. They must be read at one moment: otherwise a
    /// restart between two parts reads as a missing instance.
    mutating func add(_ instances: some Sequence<AgentRecord>) {
        for agent in instances {
            let subject = AlertSubject(agent: agent.id.agent, strategy: nil)
            agents[subject, default: Agent()].add(agent)
        }
    }
}

extension AlertInputs.Strategy {
    fileprivate mutating func add(_ record: StrategyRecord, at now: Int64) {
        instances += 1
        switch record.breakerState {
        case .open:
            open += 1
            let other = record.breaker?.why ?? ""
            why = why.isEmpty ? other : min(why, other)
        // The reason of a half-open breaker is the elapsed open time, not the fault.
        case .halfOpen: open += 1
        case .closed, .forcedOpen, .disabled, nil: break
        }
        minute.add(record.calls(last: AlertInputs.spanMS, at: now))
        if let remaining = record.budget { budget = min(budget ?? remaining, remaining) }
        if let oldest = record.oldestMS { oldestMS = max(oldestMS ?? 0, oldest) }
        if record.hasOpened, let openings = record.openings, record.flappingSince(at: now) != nil {
            flapping += 1
            let count = openings.count(at: now)
            if count > self.openings {
                (self.openings, openShare) = (count, record.openShare(at: now))
            }
        }
    }
}

extension AlertInputs.Agent {
    fileprivate mutating func add(_ agent: AgentRecord) {
        switch agent.state {
        case .up:
            connected += 1
            arrivals.append(agent.since)
        case .stale:
            connected += 1
            stale += 1
        case .gone:
            if !agent.leftByItself { departures.append((agent.since, agent.why)) }
        }
    }
}
