import Fleet
import ResilienceWire
import TestSupport
import Testing

@testable import Hub

@Suite struct AgentTableTests {
    private func id(_ number: Int) -> InstanceID {
        InstanceID(agent: "job/\(number)", instance: InstanceDigits(UInt128(number)))
    }

    @Test func instanceBelongsToItsUserBetweenConnections() {
        var table = AgentTable()
        table.connect(id(1), at: 7, user: 1_000)
        #expect(table.peer(of: id(1)) == 7)
        table.disconnect(id(1))
        #expect(table.peer(of: id(1)) == nil && table.owner(of: id(1)) == 1_000)
    }

    @Test func ownersOfForgottenInstancesAreRemovedOnceThereAreMany() {
        var table = AgentTable()
        for number in 1...1_000 { table.connect(id(number), at: number, user: 1_000) }
        table.forget(notIn: Fleet())
        #expect(table.owner(of: id(1)) == 1_000)
        table.connect(id(1_001), at: 1_001, user: 1_000)
        table.forget(notIn: Fleet())
        #expect(table.owner(of: id(1)) == nil)
    }

    @Test func namesThatLookTheSameGetDifferentIDs() {
        var table = AgentTable()
        let digits = InstanceDigits(UInt128(1))
        let plain = table.safe(InstanceID(agent: "a?", instance: digits))
        let other = table.safe(InstanceID(agent: "a\u{1b}", instance: digits))
        #expect(
            plain != other && other == table.safe(InstanceID(agent: "a\u{1b}", instance: digits)))
    }
}
