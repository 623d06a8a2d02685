import Fleet
import Testing

@testable import Dashboard

@Suite struct TimeViewTests {
    @Test func pauseLastsUntilTheLatestTime() {
        var time = TimeView()
        #expect(time.isLive)
        #expect(time.thaw(at: 5) == false)
        time.frozen = Frozen(fleet: Fleet(), now: 10)
        #expect(!time.isLive)
        #expect(time.thaw(at: 15) == true)
        #expect(time.isLive && time.pauses == [10..<15])
    }

    @Test func onlyTheLastPausesAreKept() {
        var time = TimeView()
        for start in 0..<150 {
            time.frozen = Frozen(fleet: Fleet(), now: Int64(start))
            _ = time.thaw(at: Int64(start))
        }
        #expect(time.pauses.count == 100 && time.pauses.last == 149..<149)
    }

    @Test func pastIsPausedUntilThePresentReturns() {
        var time = TimeView()
        time.playback.speed = 4
        time.rewind(to: Fleet(), at: 7)
        #expect(time.past?.now == 7 && !time.isLive)
        #expect(time.playback == Playback(isPaused: true))
        time.returnToPresent()
        #expect(time.isLive)
    }

    @Test func speedDoublesUpToInfinityAndBack() {
        var playback = Playback(speed: 32)
        #expect(playback.changeSpeed(by: 2) == true)
        #expect(playback.speed == 64)
        #expect(playback.changeSpeed(by: 2) == true)
        #expect(playback.speed == .infinity)
        #expect(playback.changeSpeed(by: 2) == false)
        #expect(playback.changeSpeed(by: 0.5) == true)
        #expect(playback.speed == 64)
        playback.speed = 0.25
        #expect(playback.changeSpeed(by: 0.5) == false)
    }

    @Test func replayPausesWhenItLeavesTheEnd() {
        var playback = Playback(end: .whole)
        #expect(playback.leaveEnd() == true)
        #expect(playback.isPaused && playback.end == nil)
        #expect(playback.leaveEnd() == false)
        var running = Playback()
        #expect(running.leaveEnd() == false)
        #expect(!running.isPaused)
    }
}
