import Testing

@testable import Hub

@Suite struct StopNoticeTests {
    @Test func workInTimeIsNotAStop() {
        var notice = StopNotice(at: 0)
        for time in stride(from: 100.0, to: 10_000, by: 100) { #expect(notice.look(at: time) == 0) }
        #expect(notice.look(at: 10_800) == 0)
    }

    @Test func stopIsReportedOnceWithItsLength() {
        var notice = StopNotice(at: 0)
        #expect(notice.look(at: 100) == 0)
        #expect(notice.look(at: 60_100) == 60_000)
        #expect(notice.look(at: 60_200) == 0)
    }
}
