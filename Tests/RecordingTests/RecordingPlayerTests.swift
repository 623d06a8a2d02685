import Testing

@testable import Recording

/// The state machine of a replay: what is due after which time, and how long it waits.
@Suite struct RecordingPlayerTests {
    /// A player that has shown its first line, at 1,000.
    private func started(speed: Double = 1) -> RecordingPlayer {
        var player = RecordingPlayer(speed: speed)
        #expect(player.turn(due: 1_000, elapsed: .zero) == .step)
        #expect(player.time == 1_000)
        return player
    }

    @Test(arguments: [(1.0, 500, 1_500), (4, 500, 3_000), (0.25, 400, 1_100)])
    func timePassesAtTheSpeed(speed: Double, elapsed: Int, time: Int64) {
        var player = started(speed: speed)
        let turn = player.turn(due: time, elapsed: .milliseconds(elapsed))
        #expect(turn == .play(upTo: time))
        #expect(player.time == time)
        #expect(player.turn(due: time + 1, elapsed: .zero) == .wait)
    }

    @Test func noTimePassesWhilePaused() {
        var player = started()
        player.setPaused(true)
        #expect(player.turn(due: 1_001, elapsed: .seconds(60)) == .wait)
        #expect(player.wait(due: 1_001) == .standing)
        #expect(player.time == 1_000)
        player.setPaused(false)
        #expect(player.turn(due: 1_001, elapsed: .milliseconds(1)) == .play(upTo: 1_001))
    }

    @Test func stepsAreTakenOneByOneAlsoWhilePaused() {
        var player = started()
        player.setPaused(true)
        player.step(by: 2)
        #expect(player.wait(due: 1_500) == .busy)
        #expect(player.turn(due: 1_500, elapsed: .zero) == .step)
        #expect(player.time == 1_500)
        #expect(player.turn(due: 9_000, elapsed: .zero) == .step)
        #expect(player.turn(due: 9_000, elapsed: .seconds(60)) == .wait)
        player.step(by: -1)
        #expect(player.turn(due: 9_000, elapsed: .zero) == .stepBack)
        #expect(player.turn(due: 9_000, elapsed: .zero) == .wait)
    }

    @Test func seekComesBeforeStepsAndOnlyTheLastCounts() {
        var player = started()
        player.step(by: 1)
        player.seek(to: 5_000)
        player.seek(to: 7_000)
        #expect(player.turn(due: 1_500, elapsed: .zero) == .seek(to: 7_000))
        player.arrive(at: 7_000)
        #expect(player.time == 7_000)
        #expect(player.turn(due: 7_200, elapsed: .zero) == .step)
    }

    @Test func endForgetsStepsAndWaitsForTheOperator() {
        var player = started()
        player.step(by: 3)
        #expect(player.turn(due: nil, elapsed: .zero) == .wait)
        #expect(player.wait(due: nil) == .standing)
        player.step(by: -1)
        #expect(player.wait(due: nil) == .busy)
        #expect(player.turn(due: nil, elapsed: .zero) == .stepBack)
    }

    @Test func infiniteSpeedShowsLinesWithoutWaiting() {
        var player = started(speed: .infinity)
        #expect(player.turn(due: .max, elapsed: .zero) == .rush)
        #expect(player.wait(due: .max) == .busy)
    }

    @Test func replayWaitsForTheOperatorAloneWhenItStands() {
        #expect(ReplayWait.standing.limit == nil)
        #expect(ReplayWait.busy.limit == .milliseconds(20))
    }

    @Test(arguments: [
        (Int64(-5), 1.0, 20), (0, 1, 20), (21, 1, 21), (60, 1, 60), (60, 2, 30), (60, 0.25, 100),
        (1_000_000, 64, 100), (.max, 0.25, 100),
    ])
    func replaySleepsUntilTheNextLine(_ next: Int64, _ speed: Double, _ wait: Int) {
        #expect(ReplayWait.playing(next: next, speed: speed).limit == .milliseconds(wait))
    }
}
