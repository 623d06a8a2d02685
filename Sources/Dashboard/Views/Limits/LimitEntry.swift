import Fleet
import ResilienceWire

/// The texts of a limit over all instances of a row.
struct LimitEntry: Equatable, Sendable {
    /// The limit of the first instance.
    let reading: LimitReading
    /// The present value; the smallest and the greatest if the instances differ.
    let value: String
    /// Whether an instance holds a value that an operator set.
    let isPinned: Bool
    /// The author of the value. For a pinned value it is the operator, if the standing order is
    /// known.
    let who: String

    /// Creates the entry of a limit from its readings in all instances.
    init(_ reading: LimitReading, in members: [StrategyInstance], _ fleet: Fleet) {
        self.reading = reading
        let all = members.compactMap { member in
            member.strategy.limits.first { $0.name == reading.name }
        }
        value = Self.span(all.map(\.value))
        isPinned = all.contains(where: \.pinned)
        let author = all.first(where: \.pinned)?.by ?? reading.by
        let standing = fleet.standing.last { standing in
            guard standing.holds, case .setLimit(reading.name, _?) = standing.order.order else {
                return false
            }
            return members.contains { standing.address.includes($0.id, $0.strategy.name) }
        }
        who = isPinned ? standing?.who ?? author.rawValue : author.rawValue
    }

    /// The accepted values: `1 to 5`, `at least 0`, or empty.
    var bounds: String { reading.bounds }

    /// The limits of a row's strategy, in the order in which it declares them.
    static func all(of members: [StrategyInstance], in fleet: Fleet) -> [LimitEntry] {
        var names: Set<String> = []
        return members.flatMap(\.strategy.limits).filter { names.insert($0.name).inserted }
            .map { LimitEntry($0, in: members, fleet) }
    }

    private static func span(_ values: [Double]) -> String {
        guard let least = values.min(), let most = values.max() else { return "-" }
        return least == most
            ? Format.number(least) : "\(Format.number(least)) to \(Format.number(most))"
    }
}

extension LimitReading {
    /// The maximum; `nil` if it is so large that the client means "no bound".
    var most: Double? { max.flatMap { $0 < 1_000_000 ? $0 : nil } }

    /// The accepted values: `1 to 5`, `at least 0`, or empty.
    var bounds: String {
        switch (min, most) {
        case (let min?, let most?): "\(Format.number(min)) to \(Format.number(most))"
        case (let min?, nil): "at least \(Format.number(min))"
        case (nil, let most?): "at most \(Format.number(most))"
        case (nil, nil): ""
        }
    }
}
