package import Dashboard
import Fleet
import HostSupport
import Recording
package import ResilienceWire
import Synchronization

/// Plays a recording: its lines at their times, at another speed, in steps, or from another time.
package final class ReplayFeed: Feed {
    private struct Playback {
        var speed: Double
        var isPaused = false
        var steps = 0
        /// The target of a seek that was requested.
        var target: RecordingTime?
        /// The present time of the replay, in Unix milliseconds.
        var at: Int64?
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
    /// The number of times kept for steps back.
    private static let trailLength = 10_000

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
        playback = Mutex(Playback(speed: speed, target: start.map { .absolute($0) }))
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

    package var time: Int64? { playback.withLock { $0.at } }

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
            case .setPaused(let isPaused): playback.isPaused = isPaused
            case .setSpeed(let speed): playback.speed = speed
            case .step(let count): playback.steps += count
            case .seek(let time): playback.target = .absolute(time)
            // The command line has checked the text already.
            case .goTo(let text, let isUTC):
                let goal = RecordingTime(argument: text)?.within(isUTC ? .utc : .local)
                playback.target = goal ?? playback.target
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

    private enum Turn {
        case go(to: RecordingTime)
        case back
        case step
        /// Play the lines up to this time.
        case play(Int64)
        /// Play as fast as the dashboard takes the lines.
        case rush
        case wait
    }

    /// Where a replay stands. Its turns are apart from the function that waits between them: of both in
    /// one the compiler crashes when it optimises (Swift 6.3).
    private struct Player {
        var recorded: ChainedRecording
        var units: RecordingSteps
        var next: RecordingSteps.Unit?
        var trail: [Int64] = []
        var last = ContinuousClock.now
        var ticked = ContinuousClock.now
        var isOver = false

        init(_ files: [String]) throws(Failure) {
            recorded = try ChainedRecording(files)
            units = RecordingSteps(recorded)
            next = units.next()
        }

        /// The state at a time. Notes the times on the way for steps back.
        mutating func state(at time: Int64) -> Fleet {
            recorded.state(at: time) { note($0) }
        }

        /// Takes the next step of the recording.
        mutating func take() -> RecordingSteps.Unit? {
            guard let unit = next else { return nil }
            next = units.next()
            note(unit.at)
            return unit
        }

        mutating func note(_ time: Int64) {
            guard trail.last ?? .min < time else { return }
            trail.append(time)
            if trail.count > trailLength { trail.removeFirst(trailLength / 2) }
        }
    }

    private func play(
        _ post: @escaping @Sendable (Dashboard.Event) -> Void, _ mailbox: Mailbox
    ) async {
        guard var player = player(post) else { return }
        while !Task.isCancelled {
            if go(on: &player, post) {
                // One batch at a time, so that the screen is drawn in between.
                await mailbox.room(below: 1)
            } else {
                let limit = pace(player.next?.at).limit
                playback.withLock { $0.isStanding = limit == nil }
                await bell.wait(atMost: limit)
                // Time did not pass for the replay while it stood.
                if limit == nil { player.last = .now }
            }
        }
    }

    /// When the next action is due.
    ///
    /// - Parameter due: the time of the next unit; `nil` at the end.
    private func pace(_ due: Int64?) -> ReplayPace {
        playback.withLock { playback in
            if playback.target != nil || playback.steps != 0 { return .busy }
            guard let due else { return .standing }
            guard let at = playback.at else { return .busy }
            guard !playback.isPaused else { return .standing }
            guard playback.speed < .infinity else { return .busy }
            let (next, overflows) = due.subtractingReportingOverflow(at)
            return .playing(next: overflows ? .max : next, speed: playback.speed)
        }
    }

    private func player(_ post: (Dashboard.Event) -> Void) -> Player? {
        do {
            return try Player(try files())
        } catch {
            post(.replayFailed(why: "\(error)"))
            return nil
        }
    }

    /// Performs the action that is due.
    ///
    /// - Returns: whether another action is due at once.
    private func go(on player: inout Player, _ post: (Dashboard.Event) -> Void) -> Bool {
        let now = ContinuousClock.now
        let turn = turn(player.next?.at, elapsed: now - player.last)
        player.last = now
        if now - player.ticked >= .seconds(1), let at = time {
            player.ticked = now
            post(.tick(at: at))
        }
        switch turn {
        case .go(let goal):
            if let more = grown() { player.recorded = more }
            // There is no state after the end of the recording.
            let times = player.recorded.times
            let time = min(goal.time(in: times), times.upperBound)
            player.trail.removeAll { $0 >= time }
            let fleet = player.state(at: time)
            player.units = RecordingSteps(player.recorded)
            player.next = player.units.next()
            player.isOver = false
            let at = max(fleet.at, time)
            playback.withLock { $0.at = at }
            post(.fleet(fleet))
            post(.tick(at: at))
        case .back:
            // The last time of the trail is the present one.
            let present = player.trail.popLast() ?? player.recorded.times.lowerBound + 1
            playback.withLock { $0.target = .absolute(player.trail.last ?? present - 1) }
        case .step:
            guard let unit = player.take() else { break }
            post(.lines(unit.lines))
            post(.tick(at: unit.at))
        case .play(let due):
            // All lines that are due are posted together.
            var lines: [Line] = []
            while let next = player.next, next.at <= due, let unit = player.take() {
                lines += unit.lines
            }
            post(.lines(lines))
        case .rush:
            var lines: [Line] = []
            while lines.count < Self.rushLines, let unit = player.take() {
                lines += unit.lines
                playback.withLock { $0.at = unit.at }
            }
            post(.lines(lines))
            if let at = time, now - player.ticked >= Self.rushTick {
                player.ticked = now
                post(.tick(at: at))
            }
        case .wait: break
        }
        if player.next == nil, !player.isOver { end(&player, post) }
        if case .rush = turn { return !player.isOver }
        return false
    }

    private func end(_ player: inout Player, _ post: (Dashboard.Event) -> Void) {
        if let at = time, let more = grown(), more.times.upperBound >= at + Self.growthMS {
            playback.withLock { $0.target = .absolute(at) }
            return
        }
        player.isOver = true
        let damage = player.recorded.damage?.description
        let isKnown = playback.withLock { playback in
            defer { playback.damage = damage }
            return playback.damage == damage
        }
        if let at = time { post(.tick(at: at)) }
        guard loops else { return post(.replayEnded(damage: damage)) }
        if let damage, !isKnown { post(.notice("the recording is damaged: \(damage)")) }
        playback.withLock { $0.target = .absolute(player.recorded.times.lowerBound) }
    }

    /// Opens a growing recording again; `nil` for one that does not grow.
    private func grown() -> ChainedRecording? {
        isGrowing ? try? ChainedRecording(try files()) : nil
    }

    /// Decides on the action that is due.
    ///
    /// - Parameter due: the time of the next unit; `nil` at the end.
    private func turn(_ due: Int64?, elapsed: Duration) -> Turn {
        playback.withLock { playback in
            if let target = playback.target {
                playback.target = nil
                return .go(to: target)
            }
            if playback.steps < 0 {
                playback.steps += 1
                return .back
            }
            guard let due else {
                playback.steps = 0
                return .wait
            }
            guard let at = playback.at else {
                playback.at = due
                return .step
            }
            if playback.steps > 0 {
                playback.steps -= 1
                playback.at = max(at, due)
                return .step
            }
            guard !playback.isPaused else { return .wait }
            guard playback.speed < .infinity else { return .rush }
            let now = at + Int64(elapsed / .milliseconds(1) * playback.speed)
            playback.at = now
            return due <= now ? .play(now) : .wait
        }
    }
}
