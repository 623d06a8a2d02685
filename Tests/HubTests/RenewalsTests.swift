import ResilienceWire
import TestSupport
import Testing

@testable import Hub

@Suite struct RenewalsTests {
    private let key = Renewals.Key(
        order: "c1", instance: InstanceID(agent: "a", instance: InstanceDigits(repeating: "a")),
        strategy: "pay")

    @Test func renewalsBackOffExponentially() {
        var renewals = Renewals(at: 0)
        let given = stride(from: 0.0, to: 3_600_000, by: 100).filter {
            renewals.renew(key, at: $0) != nil
        }
        #expect(given.prefix(5) == [0, 5_000, 15_000, 35_000, 75_000])
        #expect(given.count < 20)
    }

    @Test func forgetReturnsOnlyReportedRenewalsAndResetsThem() {
        var renewals = Renewals(at: 0)
        _ = renewals.renew(key, at: 0)
        #expect(renewals.forget { _ in true } == [])
        for time in [0.0, 5_000, 15_000] { _ = renewals.renew(key, at: time) }
        #expect(renewals.forget { _ in false } == [])
        #expect(renewals.forget { _ in true } == [key])
        #expect(renewals.renew(key, at: 15_001) == 1)
    }

    @Test func countIncludesAllRenewalsAndOnlyThose() {
        var renewals = Renewals(at: 0)
        for time in [0.0, 1, 5_000] { _ = renewals.renew(key, at: time) }
        _ = renewals.forget { _ in true }
        #expect(renewals.count == 2)
    }

    @Test func checkOfAllOrdersIsDueEveryFiveSeconds() {
        var renewals = Renewals(at: 1_000)
        #expect(renewals.isCheckDue(at: 5_999) == false)
        #expect(renewals.isCheckDue(at: 6_000) == true)
        #expect(renewals.isCheckDue(at: 6_100) == false)
    }
}
