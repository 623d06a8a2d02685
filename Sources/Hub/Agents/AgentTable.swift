import Fleet
import ResilienceWire

/// The connected agents, and what the hub keeps of an instance between its connections.
struct AgentTable {
    /// The number of names and owners to keep beyond those of known agents.
    private static let namesKept = 1_000

    /// The connections, by peer number.
    private(set) var sessions: [Int: AgentSession] = [:]
    /// The peer number of each instance that is connected and welcomed.
    private var peers: [InstanceID: Int] = [:]
    /// The user who first connected as each instance.
    private var owners: [InstanceID: UInt32] = [:]
    private var names = SafeNames()

    /// The agent at a connection.
    subscript(peer: Int) -> AgentSession? { sessions[peer] }

    /// The connection of an instance; `nil` if it is not connected or not welcomed.
    func peer(of id: InstanceID) -> Int? { peers[id] }

    /// The user who first connected as an instance.
    func owner(of id: InstanceID) -> UInt32? { owners[id] }

    /// Adds a new connection.
    mutating func add(_ session: AgentSession, _ peer: Int) { sessions[peer] = session }

    /// Removes a connection. The instance stays at it until ``disconnect(_:)``.
    mutating func remove(_ peer: Int) -> AgentSession? {
        let session = sessions.removeValue(forKey: peer)
        session?.isRemoved = true
        return session
    }

    /// Records that an instance is connected.
    ///
    /// - Parameter user: the user of its process; `nil` if unknown.
    mutating func connect(_ id: InstanceID, at peer: Int, user: UInt32?) {
        peers[id] = peer
        owners[id] = user
    }

    /// Records that an instance is not connected.
    mutating func disconnect(_ id: InstanceID) { peers[id] = nil }

    /// Whether a later connection waits to be welcomed as the same instance.
    func isOvertaken(_ id: InstanceID, at peer: Int) -> Bool {
        sessions.contains { $0 > peer && $1.entrance?.id == id }
    }

    /// The id under which the hub shows an instance. The agent's name is made safe to show.
    mutating func safe(_ id: InstanceID) -> InstanceID {
        InstanceID(agent: names.safe(id.agent), instance: id.instance)
    }

    /// Removes names and owners of instances that the fleet has forgotten, once there are many.
    mutating func forget(notIn fleet: Fleet) {
        let known = 2 * fleet.agents.count + Self.namesKept
        if names.count > known { names.keep(Set(fleet.agents.keys.map(\.agent))) }
        if owners.count > known { owners = owners.filter { fleet.agents[$0.key] != nil } }
    }
}
