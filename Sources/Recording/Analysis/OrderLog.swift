import Fleet
import ResilienceWire

/// The orders that operators gave, and what came of each, to be asked by whom they were for and when.
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
        /// Whether it holds for instances to come, and in Unix milliseconds until when.
        var isHeld = false
        var until = Int64.max
    }

    /// The most orders that are told of one incident.
    static let most = 200

    private var entries: [Entry] = []
    private var byID: [String: Int] = [:]
    /// Those for a place, in the order in which they came, with a time that never falls.
    private var byPlace: [Place: [(at: Int64, index: Int)]] = [:]
    /// Those of them that hold for instances to come.
    private var held: [Place: [Int]] = [:]

    /// An operator's order; one that the hub gave for a standing order is none.
    mutating func take(_ command: Command, at: Int64) {
        guard command.standing == nil, case .address(let text) = command.target else { return }
        add(Incident.Act(at: at, command: command), at: text)
    }

    /// What came of an order at an instance.
    mutating func take(_ status: CommandStatus) {
        guard status.status != .sent, let index = byID[status.id] else { return }
        entries[index].act.outcomes.append(status)
    }

    /// An order that holds, given at a time; its command may not be recorded.
    mutating func hold(_ order: StandingOrder, at: Int64) {
        if byID[order.id] == nil {
            let command = Command(
                id: order.id, target: .address(order.address), order: order.order,
                reason: order.reason, who: order.who)
            add(Incident.Act(at: at, command: command), at: order.address)
        }
        guard let index = byID[order.id] else { return }
        entries[index].until = order.until ?? .max
        guard !entries[index].isHeld, let place = Place(order.address) else { return }
        entries[index].isHeld = true
        held[place, default: []].append(index)
    }

    /// An order holds no longer.
    mutating func end(_ end: StandingEnd, at: Int64) {
        guard let index = byID[end.id] else { return }
        entries[index].until = min(entries[index].until, at)
    }

    private mutating func add(_ act: Incident.Act, at text: String) {
        guard let place = Place(text) else { return }
        byID[act.command.id] = entries.count
        let at = max(act.at, byPlace[place]?.last?.at ?? .min)
        byPlace[place, default: []].append((at, entries.count))
        entries.append(Entry(act: act))
    }

    /// The orders for a strategy of an agent within a time, and those from before it that still held
    /// then, oldest first; at most ``most``.
    ///
    /// - Parameter wantsHeld: whether those from before it are wanted.
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
            // Not more than a few are looked at for nothing: it is asked for each incident.
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

    /// The place that an address names; `nil` where it is none.
    fileprivate init?(_ text: String) {
        guard let address = try? Address(text) else { return nil }
        let agents: Agents =
            switch address.agents {
            case .all: .all
            case .within(let prefix): .within(prefix)
            case .named(let name), .instance(let name, _): .named(name)
            }
        self.init(agents: agents, strategy: address.strategy)
    }
}
