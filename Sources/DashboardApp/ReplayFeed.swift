package import Dashboard
import Fleet
import HostSupport
import Recording
package import ResilienceWire
import Synchronization

/// Plays a recording: its lines at their times, at another speed, in steps, or from another time.
package final class ReplayFeed: Feed {
    private struct Playback {
        var player: RecordingPlayer
        /// The target of a seek that was requested.
        var goal: RecordingTime?
        var task: Task<Void, Never>?
        /// Whether no further events are posted.
        var isStopped = false
        /// Whether it waits for the operator.
        var isStanding = false
        var damage: String?
    }

    private let files: @Sendable () throws -> [String]
    private let isGrowing: Bool
    private let loops: Bool
    private let playback: Mutex<Playback>
    /// Rings when the operator controls the replay.
    private let bell = Bell()
    /// At speed `max`: the lines of a batch, and the interval at which the clock is shown.
    private static let rushLines = 50_000
    private static let rushTick = Duration.milliseconds(100)
    /// A growing recording is at its end if it has grown by less than this since it was opened.
    private static let growthMS: Int64 = 1_000

    /// - Parameters:
    ///   - isGrowing: whether the recording is still being written, so that each seek opens it anew.
    ///   - files: the paths of the recording, or of several consecutive ones, oldest first.
    ///   - start: the time to start at, in Unix milliseconds; `nil` for the beginning.
    ///   - loops: whether to start again at the end.
    package init(
        isGrowing: Bool = false, speed: Double, start: Int64? = nil, loops: Bool = false,
        files: @escaping @Sendable () throws -> [String]
    ) {
        self.files = files
        self.isGrowing = isGrowing
        self.loops = loops
        playback = Mutex(
            Playback(player: RecordingPlayer(speed: speed), goal: start.map { .absolute($0) }))
    }

    /// The damage found so far, as a message.
    package var damage: String? { playback.withLock { $0.damage } }

    package func start(_ mailbox: Mailbox) { start(mailbox) { $0 } }

    /// Starts to post events, each after a conversion.
    package func start(
        _ mailbox: Mailbox, _ become: @escaping @Sendable (Dashboard.Event) -> Dashboard.Event
    ) {
        let post: @Sendable (Dashboard.Event) -> Void = { [self] event in
            playback.withLock { if !$0.isStopped { mailbox.post(become(event)) } }
        }
        let task = Task {
            async let timeline: Void = look(through: post)
            await play(post, mailbox)
            await timeline
        }
        playback.withLock { $0.task = task }
    }

    package func stop() {
        playback.withLock { playback in
            playback.isStopped = true
            return playback.task
        }?.cancel()
    }

    package var time: Int64? { playback.withLock { $0.player.time } }

    package func send(_ command: OperatorCommand) {}

    package func follow(figures: Bool) {}

    package func reconnect(_ why: String) {}

    package func returnToPresent() {}

    /// Whether it waits for the operator.
    package var isStanding: Bool { playback.withLock { $0.isStanding } && bell.isAwaited }

    package func control(_ control: ReplayControl) {
        defer { bell.ring() }
        playback.withLock { playback in
            switch control {
            case .setPaused(let isPaused): playback.player.setPaused(isPaused)
            case .setSpeed(let speed): playback.player.setSpeed(speed)
            case .step(let count): playback.player.step(by: count)
            case .seek(let time): playback.goal = .absolute(time)
            // The command line has checked the text already.
            case .goTo(let text, let isUTC):
                let goal = RecordingTime(argument: text)?.within(isUTC ? .utc : .local)
                playback.goal = goal ?? playback.goal
            }
        }
    }

    /// Reads the whole recording once and posts its timeline.
    private func look(through post: @Sendable (Dashboard.Event) -> Void) async {
        guard let recorded = try? ChainedRecording(try files(), omitsDeltas: true),
            recorded.canSeek
        else { return }
        let lines = sequence(state: recorded) { Task.isCancelled ? nil : $0.next() }
        post(.timeline(Timeline(recorded.times, lines)))
    }

    /// Where a replay stands. Its turns are apart from the function that waits between them: of both in
    /// one the compiler crashes when it optimises (Swift 6.3).
    private struct Position {
        var recording: PlayedRecording
        var last = ContinuousClock.now
        var ticked = ContinuousClock.now
        var isOver = false
    }

    private func play(
        _ post: @escaping @Sendable (Dashboard.Event) -> Void, _ mailbox: Mailbox
    ) async {
        guard var position = position(post) else { return }
        while !Task.isCancelled {
            if go(on: &position, post) {
                // One batch at a time, so that the screen is drawn in between.
                await mailbox.room(below: 1)
            } else {
                let due = position.recording.next?.at
                let limit = playback.withLock { playback in
                    let wait = playback.goal == nil ? playback.player.wait(due: due) : .busy
                    playback.isStanding = wait.limit == nil
                    return wait.limit
                }
                await bell.wait(atMost: limit)
                // Time did not pass for the replay while it stood.
                if limit == nil { position.last = .now }
            }
        }
    }

    private func position(_ post: (Dashboard.Event) -> Void) -> Position? {
        do {
            return Position(recording: try PlayedRecording(try files()))
        } catch {
            post(.replayFailed(why: "\(error)"))
            return nil
        }
    }

    /// Performs the action that is due.
    ///
    /// - Returns: whether another action is due at once.
    private func go(on position: inout Position, _ post: (Dashboard.Event) -> Void) -> Bool {
        let now = ContinuousClock.now
        if let goal = playback.withLock({ $0.goal.take() }) {
            if let more = grown() { position.recording.replace(by: more) }
            // There is no state after the end of the recording.
            let times = position.recording.times
            let time = min(goal.time(in: times), times.upperBound)
            playback.withLock { $0.player.seek(to: time) }
        }
        let turn = playback.withLock {
            $0.player.turn(due: position.recording.next?.at, elapsed: now - position.last)
        }
        position.last = now
        if now - position.ticked >= .seconds(1), let at = time {
            position.ticked = now
            post(.tick(at: at))
        }
        switch turn {
        case .seek(let time):
            let fleet = position.recording.seek(to: time)
            position.isOver = false
            let at = max(fleet.at, time)
            playback.withLock { $0.player.arrive(at: at) }
            post(.fleet(fleet))
            post(.tick(at: at))
        case .stepBack:
            let before = position.recording.stepBack()
            playback.withLock { $0.player.seek(to: before) }
        case .step:
            guard let unit = position.recording.take() else { break }
            post(.lines(unit.lines))
            post(.tick(at: unit.at))
        case .play(let due):
            // All lines that are due are posted together.
            var lines: [Line] = []
            while let next = position.recording.next, next.at <= due,
                let unit = position.recording.take()
            {
                lines += unit.lines
            }
            post(.lines(lines))
        case .rush:
            rush(&position, now, post)
        case .wait: break
        }
        if position.recording.next == nil, !position.isOver { end(&position, post) }
        return turn == .rush && !position.isOver
    }

    /// Posts the next lines without regard to their times.
    private func rush(
        _ position: inout Position, _ now: ContinuousClock.Instant,
        _ post: (Dashboard.Event) -> Void
    ) {
        var lines: [Line] = []
        while lines.count < Self.rushLines, let unit = position.recording.take() {
            lines += unit.lines
            playback.withLock { $0.player.arrive(at: unit.at) }
        }
        post(.lines(lines))
        if let at = time, now - position.ticked >= Self.rushTick {
            position.ticked = now
            post(.tick(at: at))
        }
    }

    private func end(_ position: inout Position, _ post: (Dashboard.Event) -> Void) {
        if let at = time, let more = grown(), more.times.upperBound >= at + Self.growthMS {
            playback.withLock { $0.goal = .absolute(at) }
            return
        }
        position.isOver = true
        let damage = position.recording.damage?.description
        let isKnown = playback.withLock { playback in
            defer { playback.damage = damage }
            return playback.damage == damage
        }
        if let at = time { post(.tick(at: at)) }
        guard loops else { return post(.replayEnded(damage: damage)) }
        if let damage, !isKnown { post(.notice("the recording is damaged: \(damage)")) }
        playback.withLock { $0.goal = .absolute(position.recording.times.lowerBound) }
    }

    /// Opens a growing recording again; `nil` for one that does not grow.
    private func grown() -> ChainedRecording? {
        isGrowing ? try? ChainedRecording(try files()) : nil
    }
}
