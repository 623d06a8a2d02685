import ResilienceWire
import TestSupport
import Testing

@testable import Hub

@Suite struct MemoryBudgetTests {
    private let id = InstanceID(agent: "a", instance: InstanceDigits(repeating: "a"))

    @Test func dataIsFreedWellBelowTheBudget() {
        var budget = MemoryBudget(bytes: 1_600, at: 0)
        #expect(budget.counted == 1_200 && budget.unreadLimit == 300 && budget.goneLimit == 37)
        budget.book.set([("pay", 700)], of: id)
        budget.unreadBytes = 400
        #expect(!budget.isExceeded(backlog: 100) && budget.isExceeded(backlog: 101))
        budget.book.set([("pay", 200)], of: id)
        #expect(!budget.isAboveCalm(backlog: 0) && budget.isAboveCalm(backlog: 1))
    }

    @Test func connectionsTakeTheirPartOfTheBudget() {
        var budget = MemoryBudget(bytes: 100_000_000, at: 0)
        #expect(budget.connectionLimit == 4_166 && budget.counted == 75_000_000)
        budget.connections = budget.connectionLimit
        #expect((25_000_000..<25_012_000).contains(budget.counted))
        #expect(budget.freed.shouldTrim(used: 0) == false)
        budget.connections = 0
        #expect(budget.counted == 75_000_000)
        #expect(budget.freed.shouldTrim(used: 0) == true)
    }

    @Test func checkIsDueOnceASecond() {
        var budget = MemoryBudget(bytes: 0, at: 500)
        #expect(budget.isCheckDue(at: 1_400) == false)
        #expect(budget.isCheckDue(at: 1_500) == true)
        #expect(budget.isCheckDue(at: 1_500) == false)
    }

    @Test func muchFreedMemoryIsReturnedAtOnce() {
        var freed = FreedMemory()
        freed.add(FreedMemory.trimBytes)
        #expect(freed.shouldTrim(used: 0) == true)
        #expect(freed.shouldTrim(used: 0) == false)
    }

    @Test func lessFreedMemoryIsReturnedOnceNoMoreIsFreed() {
        var freed = FreedMemory()
        #expect(freed.shouldTrim(used: FreedMemory.trimBytes) == false)
        #expect(freed.shouldTrim(used: FreedMemory.trimBytes / 2) == false)
        #expect(freed.shouldTrim(used: FreedMemory.trimBytes / 2) == true)
    }

    @Test func littleFreedMemoryIsKept() {
        var freed = FreedMemory()
        freed.add(FreedMemory.trimBytes / 8 - 1)
        for _ in 1...3 { #expect(freed.shouldTrim(used: 0) == false) }
    }

    @Test func disconnectedPeersAreReportedOnce() {
        var peers = DisconnectedPeers()
        #expect(peers.take() == nil)
        peers.add("ada")
        peers.add("bob")
        let report = peers.take()
        #expect(report?.count == 2 && report?.last == "bob")
        #expect(peers.take() == nil)
    }
}
