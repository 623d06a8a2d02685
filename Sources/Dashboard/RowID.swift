import ResilienceWire

/// What a row of the table is about; it stays the same wherever the row stands.
struct RowID: Hashable, Sendable, Comparable {
    /// The agent's name.
    let agent: String
    /// The strategy's name.
    let strategy: String
    /// One instance of several; `nil` for the row that stands for all of them.
    var instance: String?

    /// The row that stands for all instances.
    var folded: RowID { RowID(agent: agent, strategy: strategy) }

    /// By agent, then strategy, then instance; the folded row first.
    static func < (a: RowID, b: RowID) -> Bool {
        (a.agent, a.strategy, a.instance ?? "") < (b.agent, b.strategy, b.instance ?? "")
    }
}
