public import ResilienceWire

/// Several hubs' streams as one, as if one hub had all their agents, each as `HUB/AGENT`. Lines come
/// in and lines go out; operators' commands go the other way.
public struct FederatedFleet: Sendable {
    /// Where a command goes.
    public struct Routing: Sendable {
        /// To whom, and as what.
        public var routes: [(hub: Int, command: Command)]
        /// Lines to pass on: which hubs it cannot be given to, and its end where there is no other.
        public var lines: [Line]
    }

    private enum Standing {
        /// It has not told its state yet.
        case expected
        /// Nor did it in time: nobody waits for it any more.
        case late
        case following
        /// The connection stands, and nothing comes over it.
        case silent
        case lost
    }

    private struct Source {
        let name: String
        var fleet = Fleet()
        /// Whether the fleet is what it told, now or before it was lost.
        var hasTold = false
        /// What it tells anew, up to where it has come.
        var arriving: Fleet?
        var standing = Standing.expected
        /// By so many milliseconds its clock is behind the one that its lines are shown by.
        var behind: Int64 = 0

        /// Its keyframe's time says how its clock goes. What is measured once stays while it is about
        /// right: the way to a hub takes longer now and then, and a line's time is to stay the same.
        mutating func setClock(_ at: Int64, by now: Int64) {
            let measured = now - at
            guard abs(measured - behind) >= FederatedFleet.skewMS else { return }
            behind = abs(measured) < FederatedFleet.skewMS ? 0 : measured
        }

        /// Those that were up at a hub that nobody hears.
        var stale: [Line] {
            fleet.agents.values.filter { $0.state == .up }.map(\.id).sorted()
                .map { Line(at: fleet.at, source: $0, .agentStale) }
        }

        /// The fleet as it is shown: what a silent hub said last is stale.
        var shown: Fleet {
            guard case .silent = standing else { return fleet }
            var shown = fleet
            for line in stale { shown.apply(line) }
            return shown
        }

        /// Whether an address leads to something at this hub, as far as that is known.
        func mayHave(_ address: Address) -> Bool {
            guard hasTold else { return true }
            return if case .found = fleet.resolve(address) { true } else { false }
        }
    }

    private var sources: [Source]
    private var commands = Commands()

    /// - Parameter names: of the hubs, each another; they are spoken of by their place in it.
    public init(_ names: [String]) {
        sources = names.map { Source(name: $0) }
    }

    /// The names of hubs whose connection is lost.
    public var lost: [String] {
        sources.filter { $0.standing == .lost }.map(\.name)
    }

    /// A clock that is off by less, in milliseconds, is right.
    static let skewMS: Int64 = 2_000

    /// Hubs whose clocks are not right, and by how many milliseconds each is behind.
    public var skewed: [(name: String, behind: Int64)] {
        sources.filter { $0.behind != 0 }.map { ($0.name, $0.behind) }
    }

    /// Takes in what a hub says.
    ///
    /// - Parameter now: Unix milliseconds by the clock that all lines are shown by; without it the
    ///   hubs' clocks are taken for the same.
    /// - Returns: the lines to pass on. The first are a keyframe, once every hub has told its state,
    ///   is late or is lost; each time one tells it anew there is another.
    public mutating func take(_ lines: [Line], from hub: Int, at now: Int64? = nil) -> [Line] {
        var passed: [Line] = []
        for line in lines {
            if case .keyframe = line.message {
                sources[hub].arriving = Fleet()
                if let now, let at = line.at { sources[hub].setClock(at, by: now) }
            }
            let line = line.later(by: sources[hub].behind)
            guard sources[hub].arriving == nil else {
                sources[hub].arriving?.apply(line)
                if line.message == .keyframeEnd { passed += arrived(hub) }
                continue
            }
            passed += hear(hub)
            guard sources[hub].standing == .following else { continue }
            sources[hub].fleet.apply(line)
            let own = pass(line, from: hub)
            if isComplete { passed += own }
        }
        return passed
    }

    /// Hubs that have not told their state by now are waited for no longer. One that tells it later
    /// is followed from then on.
    ///
    /// - Returns: the places of these hubs, and the lines to pass on.
    public mutating func giveUpWaiting() -> (late: [Int], lines: [Line]) {
        let late = sources.indices.filter { sources[$0].standing == .expected }
        for hub in late { sources[hub].standing = .late }
        return (late, late.isEmpty || !isComplete ? [] : keyframe)
    }

    /// Nothing comes from a hub any more, though its connection stands: what it said last is stale.
    public mutating func silence(_ hub: Int) -> [Line] {
        guard sources[hub].standing == .following else { return [] }
        sources[hub].standing = .silent
        return isComplete ? sources[hub].stale.map { $0.namespaced(by: sources[hub].name) } : []
    }

    /// A hub that was silent is heard again.
    public mutating func hear(_ hub: Int) -> [Line] {
        guard sources[hub].standing == .silent else { return [] }
        sources[hub].standing = .following
        return isComplete ? keyframe : []
    }

    /// A hub does not answer any more: what it said last is stale.
    public mutating func lose(_ hub: Int) -> [Line] {
        let wasComplete = isComplete
        guard sources[hub].standing != .lost else { return [] }
        sources[hub].standing = .lost
        sources[hub].arriving = nil
        let stale = sources[hub].stale
        for line in stale { sources[hub].fleet.apply(line) }
        let ends = commands.lose(hub, named: sources[hub].name, at: self.at)
        guard wasComplete else { return isComplete ? keyframe : [] }
        return stale.map { $0.namespaced(by: sources[hub].name) } + ends
    }

    /// Whom a command is for. It ends at once where that is nobody.
    public mutating func route(_ command: Command) -> Routing {
        var routes: [(hub: Int, command: Command)] = []
        var obstacles: [String] = []
        if case .address(let text) = command.target, let address = try? Address(text) {
            for (hub, source) in sources.enumerated() {
                var own = command
                let prefix = "\(source.name)/"
                if text.hasPrefix(prefix) {
                    own.target = .address(String(text.dropFirst(prefix.count)))
                } else if address.agents != .all || !source.mayHave(address) {
                    continue
                }
                switch source.standing {
                case .following: routes.append((hub, own))
                case .expected, .late: obstacles.append("hub \(source.name) has not answered yet")
                case .silent: obstacles.append("hub \(source.name) is silent")
                case .lost: obstacles.append("hub \(source.name) is not connected")
                }
            }
        }
        if routes.isEmpty, obstacles.isEmpty { obstacles = ["no hub has such a strategy"] }
        let lines = commands.begin(
            command, at: Set(routes.map(\.hub)), obstacles: obstacles, time: at)
        return Routing(routes: routes, lines: isComplete ? lines : [])
    }

    /// Unix milliseconds of the latest line.
    private var at: Int64 { sources.lazy.map(\.fleet.at).max() ?? 0 }

    private var isComplete: Bool {
        sources.allSatisfy { $0.standing != .expected }
            && sources.contains { $0.standing == .following || $0.standing == .silent }
    }

    private var keyframe: [Line] {
        let all = Fleet(
            joining: sources.map { ($0.name, $0.shown) }, telling: commands.told,
            without: commands.supersedes)
        return Array(all.keyframe(at: all.at))
    }

    private mutating func arrived(_ hub: Int) -> [Line] {
        sources[hub].fleet = sources[hub].arriving ?? Fleet()
        sources[hub].hasTold = true
        sources[hub].arriving = nil
        sources[hub].standing = .following
        // A hub that was not read fast enough tells by its journal alone what it has done.
        for line in sources[hub].fleet.journal { _ = ended(line, by: hub) }
        return isComplete ? keyframe : []
    }

    private mutating func pass(_ line: Line, from hub: Int) -> [Line] {
        ended(line, by: hub) ?? [line.namespaced(by: sources[hub].name)]
    }

    /// The lines of a command's end at all hubs, where a line is its end at one; otherwise `nil`.
    private mutating func ended(_ line: Line, by hub: Int) -> [Line]? {
        guard case .commandDone(let end) = line.message, commands.waits(for: hub, toDo: end.id)
        else { return nil }
        return commands.done(end, by: hub, at: line.at ?? at)
    }
}
