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
        #expect(renewals.forget(at: 0) { _ in .over } == [])
        for time in [0.0, 5_000, 15_000] { _ = renewals.renew(key, at: time) }
        #expect(renewals.forget(at: 1e9) { _ in .owed } == [])
        #expect(renewals.forget(at: 15_000) { _ in .over } == [key])
        #expect(renewals.renew(key, at: 15_001) == 1)
    }

    @Test func followedOrdersAreForgottenAfterTwiceTheWait() {
        var renewals = Renewals(at: 0)
        for time in [0.0, 5_000, 15_000] { _ = renewals.renew(key, at: time) }
        #expect(renewals.forget(at: 54_999) { _ in .followed } == [])
        #expect(renewals.forget(at: 55_000) { _ in .followed } == [key])
    }

    /// It leaves the order as soon as it has followed it.
    @Test func strategyThatFollowsAnOrderByTurnsWaitsLongerEachTime() {
        var renewals = Renewals(at: 0)
        let given = stride(from: 0.0, to: 3_600_000, by: 100).filter { now in
            if now.truncatingRemainder(dividingBy: 5_000) == 0 {
                _ = renewals.forget(at: now) { _ in .followed }
            }
            return renewals.renew(key, at: now) != nil
        }
        #expect(given.count < 20)
    }

    @Test func countIncludesAllRenewalsAndOnlyThose() {
        var renewals = Renewals(at: 0)
        for time in [0.0, 1, 5_000] { _ = renewals.renew(key, at: time) }
        _ = renewals.forget(at: 5_000) { _ in .over }
        #expect(renewals.count == 2)
    }

    @Test func checkOfAllOrdersIsDueEveryFiveSeconds() {
        var renewals = Renewals(at: 1_000)
        #expect(renewals.isCheckDue(at: 5_999) == false)
        #expect(renewals.isCheckDue(at: 6_000) == true)
        #expect(renewals.isCheckDue(at: 6_100) == false)
    }
}
