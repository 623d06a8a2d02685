/// How the dashboard is looked at, in words that outlive it.
public struct SavedView: Equatable, Sendable, Codable {
    /// What the rows are ordered by: `risk`, `name`, `served`, `failures` or `tries`.
    public var sort: String
    /// Whether the order is the other way round.
    public var isReversed: Bool
    /// How rows are brought together: `none`, `strategy`, `target` or `agent`.
    public var group: String
    /// The filter as it is typed; empty where everything is shown.
    public var filter: String

    /// A way of looking; the one from the start unless told otherwise.
    public init(
        sort: String = "risk", isReversed: Bool = false, group: String = "none",
        filter: String = ""
    ) {
        self.sort = sort
        self.isReversed = isReversed
        self.group = group
        self.filter = filter
    }

    enum CodingKeys: String, CodingKey {
        case sort, group, filter
        case isReversed = "reversed"
    }
}

extension State {
    /// How it is looked at.
    public var savedView: SavedView {
        SavedView(
            sort: table.sort.key.rawValue, isReversed: table.sort.isReversed,
            group: table.grouping.rawValue, filter: table.filter.text)
    }

    /// Looks as before; an order or a grouping that there is not counts as that from the start.
    public mutating func restore(_ view: SavedView) {
        table.sort = Sort(key: Sort.Key(rawValue: view.sort) ?? .risk, isReversed: view.isReversed)
        table.grouping = Grouping(rawValue: view.group) ?? .none
        table.filter = Filter(view.filter)
    }
}
