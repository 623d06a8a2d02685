import Sockets
import Testing

@testable import Hub

@Suite struct DescriptorBudgetTests {
    /// An operator can connect however many agents and viewers there are.
    @Test(arguments: [64, 256, 1_024, 65_536])
    func budgetReservesDescriptorsForViewersAndOperators(limit: Int) {
        let budget = DescriptorBudget(limit: limit)
        var peers = DescriptorBudget.Peers()
        func fill(_ role: SocketRole, _ add: WritableKeyPath<DescriptorBudget.Peers, Int>) -> Int {
            var count = 0
            while true {
                peers[keyPath: add] += 1
                guard budget.hasRoom(for: role, peers: peers) else {
                    peers[keyPath: add] -= 1
                    return count
                }
                count += 1
            }
        }
        let agents = fill(.agent, \.agents)
        let viewers = fill(.view, \.viewers)
        let operators = fill(.operator, \.operators)
        #expect(agents >= limit / 3)
        #expect(viewers >= 1 && operators >= 1)
        #expect(agents + viewers + operators <= limit - 20)
    }
}
