public import ResilienceWire

/// Several hubs' streams as one, as if one hub had all their agents, each as `HUB/AGENT`. Lines come
/// in and lines go out; operators' commands go the other way.
public struct Confluence: Sendable {
    private enum Standing {
        /// It has not told its state yet.
        case expected
        case following
        case lost
    }

    private struct Source {
        let name: String
        var fleet = Fleet()
        /// What it tells anew, up to where it has come.
        var arriving: Fleet?
        var standing = Standing.expected
    }

    /// A command that several hubs were given, until the last of them has done it.
    private struct Shared {
        var waiting: Set<Int>
        var acked = 0
        var failed = 0
    }

    private var sources: [Source]
    private var shared: [String: Shared] = [:]

    /// - Parameter names: of the hubs, each another; they are spoken of by their place in it.
    public init(_ names: [String]) {
        sources = names.map { Source(name: $0) }
    }

    /// The names of hubs that do not answer.
    public var lost: [String] {
        sources.filter { $0.standing == .lost }.map(\.name)
    }

    /// Takes in what a hub says.
    ///
    /// - Returns: the lines to pass on. The first are a keyframe, once every hub has told its state
    ///   or is lost; each time one tells it anew there is another.
    public mutating func take(_ lines: [Line], from hub: Int) -> [Line] {
        var passed: [Line] = []
        for line in lines {
            if case .keyframe = line.message { sources[hub].arriving = Fleet() }
            guard sources[hub].arriving == nil else {
                sources[hub].arriving?.apply(line)
                if line.message == .keyframeEnd { passed += arrived(hub) }
                continue
            }
            guard sources[hub].standing == .following else { continue }
            sources[hub].fleet.apply(line)
            if isComplete { passed += pass(line, from: hub) }
        }
        return passed
    }

    /// A hub does not answer any more: what it said last is stale.
    public mutating func lose(_ hub: Int) -> [Line] {
        let wasComplete = isComplete
        guard sources[hub].standing != .lost else { return [] }
        sources[hub].standing = .lost
        sources[hub].arriving = nil
        let at = sources[hub].fleet.at
        let stale = sources[hub].fleet.agents.values.filter { $0.state == .up }.map(\.id).sorted()
            .map { Line(at: at, source: $0, .agentStale) }
        for line in stale { sources[hub].fleet.apply(line) }
        guard wasComplete else { return isComplete ? keyframe : [] }
        let open = shared.filter { $0.value.waiting.contains(hub) }.keys.sorted()
        return stale.map { $0.within(sources[hub].name) }
            + open.flatMap { done(CommandDone(id: $0, acked: 0, failed: 1), by: hub, at: at) }
    }

    /// Whom a command is for, and as what; nobody where the address names none of the hubs.
    public mutating func route(_ command: Command) -> [(hub: Int, command: Command)] {
        guard case .address(let text) = command.target, let address = try? Address(text) else {
            return []
        }
        var routes: [(hub: Int, command: Command)] = []
        for (hub, source) in sources.enumerated() where source.standing == .following {
            var own = command
            let prefix = "\(source.name)/"
            if text.hasPrefix(prefix) {
                own.target = .address(String(text.dropFirst(prefix.count)))
            } else if address.agents != .all || !source.fleet.has(address) {
                continue
            }
            routes.append((hub, own))
        }
        if routes.count > 1 { shared[command.id] = Shared(waiting: Set(routes.map(\.hub))) }
        return routes
    }

    private var isComplete: Bool {
        sources.allSatisfy { $0.standing != .expected }
            && sources.contains { $0.standing == .following }
    }

    private var keyframe: [Line] {
        let all = Fleet(joining: sources.map { ($0.name, $0.fleet) })
        return Array(all.keyframe(at: all.at))
    }

    private mutating func arrived(_ hub: Int) -> [Line] {
        sources[hub].fleet = sources[hub].arriving ?? Fleet()
        sources[hub].arriving = nil
        sources[hub].standing = .following
        return isComplete ? keyframe : []
    }

    private mutating func pass(_ line: Line, from hub: Int) -> [Line] {
        if case .commandDone(let end) = line.message, shared[end.id] != nil {
            return done(end, by: hub, at: line.at ?? sources[hub].fleet.at)
        }
        return [line.within(sources[hub].name)]
    }

    private mutating func done(_ end: CommandDone, by hub: Int, at: Int64) -> [Line] {
        guard var command = shared[end.id], command.waiting.remove(hub) != nil else { return [] }
        command.acked += end.acked
        command.failed += end.failed
        shared[end.id] = command.waiting.isEmpty ? nil : command
        guard command.waiting.isEmpty else { return [] }
        let all = CommandDone(id: end.id, acked: command.acked, failed: command.failed)
        return [Line(at: at, .commandDone(all))]
    }
}

extension Fleet {
    fileprivate func has(_ address: Address) -> Bool {
        if case .found = resolve(address) { true } else { false }
    }
}
