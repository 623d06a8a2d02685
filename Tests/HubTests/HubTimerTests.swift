import Testing

@testable import Hub

@Suite struct HubTimerTests {
    @Test func beatIsDueOnceASecondEvenIfTheTimerIsEarly() {
        var timer = HubTimer(at: 0)
        #expect(timer.isBeatDue(at: 900) == false)
        #expect(timer.isBeatDue(at: 960) == true)
        #expect(timer.isBeatDue(at: 1_000) == false)
        #expect(timer.isBeatDue(at: 1_910) == true)
    }
}
