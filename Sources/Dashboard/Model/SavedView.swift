/// The settings of the table view, as they are saved between runs.
public struct SavedView: Equatable, Sendable, Codable {
    /// The sort key: `risk`, `name`, `served`, `failures` or `tries`.
    public var sort: String
    /// Whether the order is reversed.
    public var isReversed: Bool
    /// The grouping: `none`, `strategy`, `target` or `agent`.
    public var group: String
    /// The filter text; empty if everything is shown.
    public var filter: String

    /// Creates view settings. The defaults are those of a new dashboard.
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
    /// The present view settings.
    public var savedView: SavedView {
        SavedView(
            sort: table.sort.key.rawValue, isReversed: table.sort.isReversed,
            group: table.grouping.rawValue, filter: table.filter.text)
    }

    /// Restores view settings. An unknown sort key or grouping becomes the default.
    public mutating func restore(_ view: SavedView) {
        table.sort = Sort(key: Sort.Key(rawValue: view.sort) ?? .risk, isReversed: view.isReversed)
        table.grouping = Grouping(rawValue: view.group) ?? .none
        table.filter = Filter(view.filter)
    }
}
