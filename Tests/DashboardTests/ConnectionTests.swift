import Fleet
import Testing

@testable import Dashboard

@Suite struct ConnectionTests {
    @Test func lossIsNewsOnceAndKeepsItsTime() {
        var connection = Connection()
        let isNew = connection.lose("closed", at: 1_000)
        let isNewAgain = connection.lose("refused", at: 2_000)
        #expect(isNew && !isNewAgain)
        #expect(connection.link == .lost(since: 1_000, why: "refused"))
    }

    @Test func lossAfterSilenceCountsFromTheSilence() {
        var connection = Connection()
        connection.connect()
        #expect(connection.fallSilent(forMS: 3_000, at: 10_000) == 3)
        #expect(connection.fallSilent(forMS: 4_000, at: 11_000) == nil)
        #expect(connection.ageSilence() == true)
        #expect(connection.link == .silent(since: 7_000, seconds: 4))
        #expect(connection.lose("closed", at: 12_000) == true)
        #expect(connection.link == .lost(since: 7_000, why: "closed"))
    }

    @Test func onlyASilentHubIsHeardAgain() {
        var connection = Connection()
        #expect(connection.hear() == false)
        #expect(connection.link == .connecting)
        _ = connection.fallSilent(forMS: 3_000, at: 10_000)
        #expect(connection.hear() == true)
        #expect(connection.link == .connected)
        #expect(connection.ageSilence() == false)
    }
}
