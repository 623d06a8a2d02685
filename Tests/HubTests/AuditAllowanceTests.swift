import Testing

@testable import Hub

@Suite struct AuditAllowanceTests {
    @Test func entriesAreLimitedAtOnceAndPerSecond() {
        var allowance = AuditAllowance(at: 0)
        func take(_ count: Int, at now: Double) -> Int {
            (0..<count).count { _ in allowance.take(at: now) }
        }
        #expect(take(20_000, at: 0) == 10_000)
        #expect(take(20_000, at: 999) == 0)
        #expect(take(20_000, at: 1_000) == 1)
        #expect(take(20_000, at: 61_000) == 60)
        #expect(take(20_000, at: 1e9) == 10_000)
    }

    @Test func agentThatStartsOverAndOverCannotFillTheLogInADay() {
        var allowance = AuditAllowance(at: 0)
        let day = stride(from: 0.0, to: 86_400_000, by: 20)
        #expect(day.count { allowance.take(at: $0) } <= 96_400)
    }
}
