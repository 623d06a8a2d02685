public import ResilienceWire

/// Merges the streams of several hubs into one, in which each agent is named `HUB/AGENT`. It takes
/// lines from the hubs, returns lines for viewers, and routes operators' commands to the hubs.
public struct FederatedFleet: Sendable {
    /// The hubs that a command is sent to.
    public struct Routing: Sendable {
        /// The hubs by index, each with the command as that hub must receive it.
        public var routes: [(hub: Int, command: OperatorCommand)]
        /// Lines for viewers: the hubs that cannot receive the command, and the command's end if no
        /// hub can.
        public var lines: [Line]
    }

    private enum Standing {
        /// The hub's first keyframe is not complete yet.
        case expected
        /// The first keyframe did not arrive in time. The merged stream starts without this hub.
        case late
        case following
        /// The connection is open, but the hub sends nothing.
        case silent
        case lost
    }

    private struct Source {
        let name: String
        var stream = StreamedFleet()
        /// Whether the hub has sent at least one complete keyframe, so that ``stream`` holds its
        /// state.
        var hasTold = false
        var standing = Standing.expected
        /// Milliseconds to add to this hub's timestamps to match the local clock.
        var behind: Int64 = 0

        /// Estimates the clock offset from the time of a keyframe. A small change does not replace
        /// an earlier estimate: the network delay varies, and the time of a line must stay the
        /// same.
        mutating func setClock(_ at: Int64, by now: Int64) {
            let measured = now - at
            guard abs(measured - behind) >= FederatedFleet.skewMS else { return }
            behind = abs(measured) < FederatedFleet.skewMS ? 0 : measured
        }

        var fleet: Fleet { stream.fleet }

        /// Lines that mark every connected agent of an unreachable hub as stale.
        var stale: [Line] {
            fleet.agents.values.filter { $0.state == .up }.map(\.id).sorted()
                .map { Line(at: fleet.at, source: $0, .agentStale) }
        }

        /// The fleet as shown to viewers. The agents of a silent hub are stale.
        var shown: Fleet {
            guard case .silent = standing else { return fleet }
            var shown = fleet
            for line in stale { shown.apply(line) }
            return shown
        }

        /// Whether an address may match a strategy of this hub; `true` before the first keyframe.
        func mayHave(_ address: Address) -> Bool {
            guard hasTold else { return true }
            return if case .found = fleet.resolve(address) { true } else { false }
        }
    }

    private var sources: [Source]
    private var commands = Commands()

    /// - Parameter names: the names of the hubs, without duplicates. Other methods take a hub's
    ///   index in this list.
    public init(_ names: [String]) {
        sources = names.map { Source(name: $0) }
    }

    /// The names of hubs whose connection is lost.
    public var lost: [String] {
        sources.filter { $0.standing == .lost }.map(\.name)
    }

    /// Clock offsets below this, in milliseconds, are ignored.
    static let skewMS: Int64 = 2_000

    /// The hubs whose clocks differ from the local clock, with the milliseconds that each is
    /// behind.
    public var skewed: [(name: String, behind: Int64)] {
        sources.filter { $0.behind != 0 }.map { ($0.name, $0.behind) }
    }

    /// Applies lines that a hub sent.
    ///
    /// - Parameter now: the local time in Unix milliseconds. With `nil`, clock offsets are not
    ///   corrected.
    /// - Returns: the lines for viewers. They start with a keyframe when every hub has sent its
    ///   state, is late or is lost. Each further keyframe of a hub causes another.
    public mutating func take(_ lines: [Line], from hub: Int, at now: Int64? = nil) -> [Line] {
        var passed: [Line] = []
        for line in lines {
            if case .keyframe = line.message, let now, let at = line.at {
                sources[hub].setClock(at, by: now)
            }
            let line = line.later(by: sources[hub].behind)
            // Before the line is taken: what this returns is the state without it.
            passed += hear(hub)
            switch sources[hub].stream.take(line) {
            case .none:
                break
            case .snapshot, .history:
                if sources[hub].stream.isWhole { passed += arrived(hub) }
            case .event:
                guard sources[hub].standing == .following else { continue }
                let own = pass(line, from: hub)
                if isComplete { passed += own }
            }
        }
        return passed
    }

    /// Stops waiting for hubs that have not sent their state. A hub that sends it later is followed
    /// from then on.
    ///
    /// - Returns: the indexes of these hubs, and the lines for viewers.
    public mutating func giveUpWaiting() -> (late: [Int], lines: [Line]) {
        let late = sources.indices.filter { sources[$0].standing == .expected }
        for hub in late { sources[hub].standing = .late }
        return (late, late.isEmpty || !isComplete ? [] : keyframe)
    }

    /// Marks a hub as silent: the connection is open, but nothing arrives. Its agents become stale.
    public mutating func silence(_ hub: Int) -> [Line] {
        guard sources[hub].standing == .following else { return [] }
        sources[hub].standing = .silent
        return isComplete ? sources[hub].stale.map { $0.namespaced(by: sources[hub].name) } : []
    }

    /// Marks a silent hub as heard again.
    public mutating func hear(_ hub: Int) -> [Line] {
        guard sources[hub].standing == .silent else { return [] }
        sources[hub].standing = .following
        return isComplete ? keyframe : []
    }

    /// Marks a hub as lost. Its agents become stale, and commands no longer wait for it.
    public mutating func lose(_ hub: Int) -> [Line] {
        let wasComplete = isComplete
        guard sources[hub].standing != .lost else { return [] }
        sources[hub].standing = .lost
        sources[hub].stream.discardIncompleteKeyframe()
        let stale = sources[hub].stale
        for line in stale { sources[hub].stream.take(line) }
        let ends = commands.lose(hub, named: sources[hub].name, at: self.at)
        guard wasComplete else { return isComplete ? keyframe : [] }
        return stale.map { $0.namespaced(by: sources[hub].name) } + ends
    }

    /// Finds the hubs that a command goes to. If there is none, the command ends at once.
    public mutating func route(_ command: OperatorCommand) -> Routing {
        var routes: [(hub: Int, command: OperatorCommand)] = []
        var rejections: [String] = []
        for (hub, source) in sources.enumerated() {
            var own = command
            if let address = command.address.local(to: source.name) {
                own.address = address
            } else if command.address.agents != .all || !source.mayHave(command.address) {
                continue
            }
            switch source.standing {
            case .following: routes.append((hub, own))
            case .expected, .late: rejections.append("hub \(source.name) has not answered yet")
            case .silent: rejections.append("hub \(source.name) is silent")
            case .lost: rejections.append("hub \(source.name) is not connected")
            }
        }
        if routes.isEmpty, rejections.isEmpty { rejections = ["no hub has such a strategy"] }
        let lines = commands.begin(
            StreamCommand(command), at: Set(routes.map(\.hub)), rejections: rejections, time: at)
        return Routing(routes: routes, lines: isComplete ? lines : [])
    }

    /// The time of the latest line in Unix milliseconds.
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
        sources[hub].hasTold = true
        sources[hub].standing = .following
        // A keyframe can replace lines that were missed, so command ends may stand only in its
        // journal.
        for line in sources[hub].fleet.journal { _ = ended(line, by: hub) }
        return isComplete ? keyframe : []
    }

    private mutating func pass(_ line: Line, from hub: Int) -> [Line] {
        ended(line, by: hub) ?? [line.namespaced(by: sources[hub].name)]
    }

    /// If the line is a command's end at one hub: the lines that end it for viewers, empty while
    /// other hubs have not finished. Otherwise `nil`.
    private mutating func ended(_ line: Line, by hub: Int) -> [Line]? {
        guard case .commandDone(let end) = line.message, commands.waits(for: hub, toDo: end.id)
        else { return nil }
        return commands.done(end, by: hub, at: line.at ?? at)
    }
}
