import Sockets
import Testing

@testable import Hub

@Suite struct DescriptorBudgetTests {
    struct Row: Sendable {
        let limit: Int
        var connections = Int.max
        let agents, viewers, operators, scrapers: Int
    }

    @Test(arguments: [
        Row(limit: 16, agents: 1, viewers: 1, operators: 1, scrapers: 1),
        Row(limit: 64, agents: 22, viewers: 4, operators: 4, scrapers: 2),
        Row(limit: 256, agents: 154, viewers: 28, operators: 28, scrapers: 14),
        Row(limit: 1_024, agents: 682, viewers: 124, operators: 124, scrapers: 62),
        Row(limit: 1_000_000, agents: 991_712, viewers: 4_096, operators: 4_096, scrapers: 64),
        Row(
            limit: 1_000_000, connections: 25_600, agents: 19_136, viewers: 3_200, operators: 3_200,
            scrapers: 64),
        Row(limit: 256, connections: 25_600, agents: 154, viewers: 28, operators: 28, scrapers: 14),
    ])
    func eachRoleHasAShareOfItsOwn(row: Row) {
        let budget = DescriptorBudget(limit: row.limit, connections: row.connections)
        #expect(budget[.agent] == row.agents)
        #expect(budget[.view] == row.viewers)
        #expect(budget[.operator] == row.operators)
        #expect(budget.scrapers == row.scrapers)
    }

    @Test func sharesNeverExceedTheLimit() {
        for limit in 36...70_000 {
            let budget = DescriptorBudget(limit: limit, connections: .max)
            let shares = SocketRole.allCases.map { budget[$0] } + [budget.scrapers]
            #expect(shares.reduce(DescriptorBudget.own, +) <= limit && shares.min() ?? 0 >= 1)
        }
    }
}
