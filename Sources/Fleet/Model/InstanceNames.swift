public import ResilienceWire

/// The number of instances for each prefix of eight digits. Usually it is one, and no other
/// instances have to be compared.
struct InstanceHeads: Equatable, Sendable {
    private var counts: [UInt32: Int] = [:]

    mutating func add(_ id: InstanceID) { counts[id.instance.head, default: 0] += 1 }

    mutating func remove(_ id: InstanceID) {
        let rest = counts[id.instance.head, default: 1] - 1
        counts[id.instance.head] = rest > 0 ? rest : nil
    }

    /// Whether no other instance has the same first eight digits.
    func isAlone(_ id: InstanceID) -> Bool { counts[id.instance.head, default: 0] <= 1 }
}

extension Fleet {
    /// The minimum number of digits in the name of an instance.
    public static let nameDigits = 8

    /// The digits that distinguish an instance from all others of its agent: the first eight, or
    /// more if others share these.
    public func digits(of id: InstanceID) -> String {
        guard !heads.isAlone(id) else { return id.instance.prefix(Self.nameDigits) }
        let shared =
            agents.keys.lazy.filter { $0.agent == id.agent && $0 != id }
            .map { $0.instance.commonDigits(with: id.instance) }.max() ?? 0
        return id.instance.prefix(max(Self.nameDigits, shared + 1))
    }

    /// The name of an instance in commands: `planner@9f3a0000`.
    public func name(of id: InstanceID) -> String { "\(id.agent)@\(digits(of: id))" }

    /// The address of a strategy in one instance: `planner@9f3a0000:pay/stripe`.
    public func address(of id: InstanceID, _ strategy: String) -> String {
        "\(name(of: id)):\(strategy)"
    }
}
