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

    @Test func slowViewersAreReportedOnce() {
        var slow = SlowViewers()
        #expect(slow.take() == nil)
        slow.add(AuditEntry.User(name: "ada", uid: 1, pid: 10))
        slow.add(AuditEntry.User(name: "bob", uid: 2, pid: 20))
        let report = slow.take()
        #expect(report?.count == 2 && report?.last.name == "bob")
        #expect(slow.take() == nil)
    }
}
