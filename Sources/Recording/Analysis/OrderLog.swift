import Fleet
import ResilienceWire

/// A log of operators' orders and their outcomes, searchable by address and time.
struct OrderLog: Sendable {
    fileprivate struct Place: Hashable {
        let agents: Agents
        let strategy: String

        enum Agents: Hashable {
            case all
            case within(String)
            case named(String)
        }
    }

    private struct Entry {
        var act: Incident.Act
        /// Whether it is a standing order. `until` is its end in Unix milliseconds.
        var isHeld = false
        var until = Int64.max
    }

    /// The maximum number of orders reported for one incident.
    static let most = 200

    private var entries: [Entry] = []
    private var byID: [String: Int] = [:]
    /// The orders for each place, in the order of arrival, with times that never decrease.
    private var byPlace: [Place: [(at: Int64, index: Int)]] = [:]
    /// The standing orders for each place.
    private var held: [Place: [Int]] = [:]

    /// Adds an operator's order. Commands that the hub sends for a standing order are ignored.
    mutating func take(_ command: StreamCommand, at: Int64) {
        guard command.standing == nil else { return }
        add(Incident.Act(at: at, command: command))
    }

    /// Adds the outcome of an order at an instance.
    mutating func take(_ status: CommandStatus) {
        guard status.status != .sent, let index = byID[status.id] else { return }
        entries[index].act.outcomes.append(status)
    }

    /// Adds a standing order. Its command may be missing in the recording.
    mutating func hold(_ order: StandingOrder, at: Int64) {
        if byID[order.id] == nil {
            let command = StreamCommand(
                id: order.id, address: order.address, order: order.order,
                reason: order.reason, who: order.who)
            add(Incident.Act(at: at, command: command))
        }
        guard let index = byID[order.id] else { return }
        entries[index].until = order.until ?? .max
        guard !entries[index].isHeld, let place = Place(order.address) else { return }
        entries[index].isHeld = true
        held[place, default: []].append(index)
    }

    /// Ends a standing order.
    mutating func end(_ end: StandingEnd, at: Int64) {
        guard let index = byID[end.id] else { return }
        entries[index].until = min(entries[index].until, at)
    }

    private mutating func add(_ act: Incident.Act) {
        guard let place = Place(act.command.address) else { return }
        byID[act.command.id] = entries.count
        let at = max(act.at, byPlace[place]?.last?.at ?? .min)
        byPlace[place, default: []].append((at, entries.count))
        entries.append(Entry(act: act))
    }

    /// The orders for a strategy of an agent within a period, and optionally earlier standing
    /// orders that still applied then. Oldest first, at most ``most``.
    ///
    /// - Parameter wantsHeld: whether to include earlier standing orders.
    func acts(
        on agent: String, _ strategy: String, during times: ClosedRange<Int64>, wantsHeld: Bool
    ) -> [Incident.Act] {
        var places = [Place(.all, strategy), Place(.named(agent), strategy)]
        for slash in agent.indices where agent[slash] == "/" {
            places.append(Place(.within(String(agent[...slash])), strategy))
        }
        var found: Set<Int> = []
        for place in places {
            let orders = byPlace[place] ?? []
            // Limit the search, because it runs for each incident.
            for order in orders[Self.start(of: times, in: orders)...].prefix(2 * Self.most) {
                if order.at > times.upperBound { break }
                if times.contains(entries[order.index].act.at) { found.insert(order.index) }
            }
            guard wantsHeld else { continue }
            for index in (held[place] ?? []).suffix(Self.most)
            where entries[index].act.at <= times.upperBound
                && entries[index].until >= times.lowerBound
            {
                found.insert(index)
            }
        }
        return found.sorted { (entries[$0].act.at, $0) < (entries[$1].act.at, $1) }
            .prefix(Self.most).map { entries[$0].act }
    }

    private static func start(
        of times: ClosedRange<Int64>, in orders: [(at: Int64, index: Int)]
    ) -> Int {
        var (low, high) = (0, orders.count)
        while low < high {
            let middle = (low + high) / 2
            if orders[middle].at < times.lowerBound { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension OrderLog.Place {
    fileprivate init(_ agents: Agents, _ strategy: String) {
        self.init(agents: agents, strategy: strategy)
    }

    /// The place that an address names; `nil` if it matches nothing.
    fileprivate init?(_ address: Address) {
        switch address.agents {
        case .all: self.init(.all, address.strategy)
        case .within(let prefix): self.init(.within(prefix), address.strategy)
        case .named(let name), .instance(let name, _): self.init(.named(name), address.strategy)
        case .none: return nil
        }
    }
}
