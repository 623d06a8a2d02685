import Testing

@testable import DashboardApp

@Suite struct FramePaceTests {
    private func pace(took: Duration, draws: Bool = true) -> FramePace {
        var pace = FramePace(began: 0)
        pace.shown(at: 0)
        pace.ticked(at: 10_000, took: took, draws: draws)
        return pace
    }

    @Test func rowsAreUpdatedInPartsOnlyIfAnUpdateOfAllIsSlow() {
        #expect(pace(took: .milliseconds(1)).updatesAllRows)
        #expect(!pace(took: .milliseconds(1)).areMoreRowsDue(at: 20_000))
        let slow = pace(took: .milliseconds(20))
        #expect(!slow.updatesAllRows)
        #expect(!slow.areMoreRowsDue(at: 10_049))
        #expect(slow.areMoreRowsDue(at: 10_050))
        #expect(slow.timeout(at: 10_000) == 50)
    }

    @Test func screenThatStandsStillWaitsForTheTickOnly() {
        let still = pace(took: .milliseconds(20), draws: false)
        #expect(!still.areMoreRowsDue(at: 20_000))
        #expect(still.timeout(at: 10_000) == 1_000)
    }

    @Test func ticksUpdateAllRowsAgainOnceThePartsTogetherAreFast() {
        var pace = pace(took: .milliseconds(20))
        for (took, isOver, updatesAll) in [(3, false, false), (3, true, false), (1, true, true)] {
            pace.updatedRows(at: 10_100, took: .milliseconds(took), isOver: isOver)
            #expect(pace.updatesAllRows == updatesAll)
        }
    }

    @Test func newsAreDueUntilTheMailboxIsEmpty() {
        var pace = pace(took: .zero)
        pace.wantNews()
        #expect(pace.areNewsDue(at: 10_000))
        #expect(pace.timeout(at: 10_000) == 0)
        pace.tookNews(at: 10_000)
        pace.wantNews()
        #expect(!pace.areNewsDue(at: 10_099))
        #expect(pace.areNewsDue(at: 10_100))
    }
}
