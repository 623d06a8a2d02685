import Testing

@testable import Hub

@Suite struct EventAlertsTests {
    @Test func alertLastsAMinuteAfterTheLastEvent() {
        var alerts = EventAlerts<String>()
        #expect(alerts.fire("a", at: 0) == true)
        #expect(alerts.fire("a", at: 30_000) == false)
        #expect(alerts.fire("b", at: 30_001) == true)
        func end(at now: Double) -> [String] {
            alerts.end(at: now).map { "\($0.subject) \($0.count)" }
        }
        #expect(end(at: 89_999) == [])
        #expect(end(at: 90_000) == ["a 2"])
        #expect(end(at: 90_001) == ["b 1"])
        #expect(alerts.fire("a", at: 90_002) == true)
    }
}
