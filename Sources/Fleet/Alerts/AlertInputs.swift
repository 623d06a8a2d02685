import ResilienceWire

/// What the rules look at: the fleet at one moment, the instances of an agent taken together.
struct AlertInputs {
    /// One strategy in all connected instances of an agent; what a stale one said last still counts.
    struct Strategy {
        var instances = 0
        /// Instances with a breaker that tripped and has not closed, and why one did.
        var open = 0
        var why = ""
        /// Instances whose breaker is flapping, and how often the worst opened.
        var flapping = 0
        var openings = 0
        var openShare = 0.0
        /// Calls of the last minute.
        var minute = CallCounts()
        /// The least that is left of a retry budget.
        var budget: Double?
        /// The age of the oldest call under way, in milliseconds.
        var oldestMS: Int64?
    }

    /// One agent.
    struct Agent {
        var connected = 0
        var stale = 0
        /// Since when each instance is connected, or heard of again.
        var arrivals: [Int64] = []
        /// Instances that went without bye.
        var departures: [(at: Int64, why: String)] = []

        /// Departures that no arrival made up for, latest last.
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

    /// How far back rates look, in milliseconds.
    static let spanMS: Int64 = 60_000

    /// Whether anything is known of somebody.
    func have(_ subject: AlertSubject) -> Bool {
        subject.strategy == nil ? agents[subject] != nil : strategies[subject] != nil
    }

    /// Takes in an instance's strategies.
    mutating func add(_ agent: AgentRecord, at now: Int64) {
        guard agent.state != .gone else { return }
        for record in agent.strategies.values {
            let subject = AlertSubject(agent: agent.id.agent, strategy: record.name)
            strategies[subject, default: Strategy()].add(record, at: now)
        }
    }

    /// Takes in who is there: all of them at one moment, or one that restarts would be missed.
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
        switch record.breaker?.state {
        case .open:
            open += 1
            why = why.isEmpty ? record.breaker?.why ?? "" : min(why, record.breaker?.why ?? why)
        // Its own why tells of the time to probe, not of the trouble.
        case .halfOpen: open += 1
        case .closed, .forcedOpen, .disabled, nil: break
        }
        if let openings = record.openings, record.flappingSince(at: now) != nil {
            flapping += 1
            let count = openings.count(at: now)
            if count > self.openings {
                (self.openings, openShare) = (count, record.openShare(at: now))
            }
        }
        minute.add(record.window.calls(last: AlertInputs.spanMS, at: now))
        if let remaining = record.total.budget?.remaining {
            budget = min(budget ?? remaining, remaining)
        }
        if record.total.inFlight > 0 { oldestMS = max(oldestMS ?? 0, record.total.oldestMS) }
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
