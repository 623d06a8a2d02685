import Fleet
import ResilienceWire

/// The deltas of the present second, summed by strategy: for viewers who look once a second.
struct SecondSums {
    private var sums: [InstanceID: [String: Sum]] = [:]
    /// The second, in Unix seconds, of whose deltas there are sums.
    private(set) var second: Int64 = 0

    fileprivate struct Sum {
        var delta: Delta
        var at: Int64
    }

    var isEmpty: Bool { sums.isEmpty }

    /// Adds a delta of the present second. The sums of another one are to be taken before.
    mutating func add(_ delta: Delta, from source: InstanceID, at: Int64) {
        second = Self.second(at)
        sums[source, default: [:]][delta.strategy].add(delta, at: at)
    }

    /// Whether a time is in another second than the sums.
    func isOver(at: Int64) -> Bool { !isEmpty && Self.second(at) != second }

    /// The sums as lines; none are left.
    mutating func take() -> [Line] {
        defer { sums.removeAll(keepingCapacity: true) }
        return sums.flatMap { source, strategies in
            strategies.values.map { Line(at: $0.at, source: source, .delta($0.delta)) }
        }
    }

    private static func second(_ at: Int64) -> Int64 { at / 1_000 }
}

extension Optional<SecondSums.Sum> {
    fileprivate mutating func add(_ delta: Delta, at: Int64) {
        guard self != nil else {
            self = SecondSums.Sum(delta: delta, at: at)
            return
        }
        self?.delta.add(delta)
        self?.at = at
    }
}
