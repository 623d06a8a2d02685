import ResilienceWire
import Screen

/// The texts of a row in the two name columns.
struct RowLabel {
    /// The agent or target, with the number of instances in a folded row.
    let first: String
    /// The strategy; empty if the row above shows it.
    let second: String

    init(_ row: Row, _ glyphs: Glyphs, isUnfolded: Bool) {
        let mark = glyphs[isUnfolded ? .unfolded : .folded]
        let count = row.isFolded ? " \(mark)x\(row.members.count)" : ""
        switch row.id {
        case .strategy(let name, let group):
            first = (group == nil ? "" : "  ") + name.agent + count
            second = group?.hasOneStrategy == true ? "" : name.strategy
        case .instance(_, _, let group):
            first = (group == nil ? "  @" : "    @") + (row.members.first?.digits ?? "")
            second = ""
        case .group(.strategy(let name)):
            let agents = row.parts.count
            first = (agents == 1 ? row.parts[0].id.agent : "\(agents) agents") + count
            second = name
        case .group(.agent(let agent)):
            first = agent + count
            second = Self.strategies(row)
        case .group(let group):
            first = group.name + count
            second = Self.strategies(row)
        }
    }

    private static func strategies(_ row: Row) -> String {
        let names = Set(row.parts.map(\.id.strategy))
        return names.count == 1 ? names.first ?? "" : "\(names.count) strategies"
    }
}

extension Group {
    fileprivate var hasOneStrategy: Bool {
        switch self {
        case .strategy: true
        case .target, .agent: false
        }
    }
}
