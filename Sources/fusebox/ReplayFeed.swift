import Dashboard
import Recording
import ResilienceWire
import Synchronization

/// A recording's lines at their times, faster, slower, or step by step.
final class ReplayFeed: Feed {
    private struct Playback {
        var speed: Double
        var isPaused = false
        var steps = 0
        /// The recording's time.
        var at: Int64?
        var task: Task<Void, Never>?
        var damage: String?
    }

    private let path: String
    private let playback: Mutex<Playback>

    init(path: String, speed: Double) {
        self.path = path
        playback = Mutex(Playback(speed: speed))
    }

    /// What could not be read so far.
    var damage: String? { playback.withLock { $0.damage } }

    func start(_ mailbox: Mailbox) {
        let task = Task { await play(mailbox) }
        playback.withLock { $0.task = task }
    }

    func stop() {
        playback.withLock { $0.task }?.cancel()
    }

    var time: Int64? { playback.withLock { $0.at } }

    func send(_ command: Command) {}

    func control(_ control: ReplayControl) {
        playback.withLock { playback in
            switch control {
            case .setPaused(let isPaused): playback.isPaused = isPaused
            case .setSpeed(let speed): playback.speed = speed
            case .step(let count): playback.steps += max(0, count)
            }
        }
    }

    private func play(_ mailbox: Mailbox) async {
        guard let reader = try? RecordingReader(path: path) else { return }
        var units = RecordingUnits(reader)
        var next = units.next()
        var last = ContinuousClock.now
        while !Task.isCancelled, let unit = next {
            let now = ContinuousClock.now
            let elapsed = now - last
            last = now
            let isDue = playback.withLock { playback in
                guard let at = playback.at else {
                    playback.at = unit.at
                    return true
                }
                if playback.steps > 0 {
                    playback.steps -= 1
                    playback.at = max(at, unit.at)
                    return true
                }
                guard !playback.isPaused else { return false }
                playback.at = at + Int64(elapsed / .milliseconds(1) * playback.speed)
                return unit.at <= playback.at ?? at
            }
            if isDue {
                var lines = unit.lines
                next = units.next()
                // All that is due at once comes at once.
                let due = playback.withLock { $0.isPaused ? Int64.min : $0.at ?? 0 }
                while let more = next, more.at <= due {
                    lines += more.lines
                    next = units.next()
                }
                mailbox.post(.lines(lines))
            }
            try? await Task.sleep(for: .milliseconds(20))
        }
        let damage = reader.damage.isNone ? nil : reader.damage.description
        playback.withLock { $0.damage = damage }
        mailbox.post(.replayEnded(damage: damage))
    }
}

/// A recording's lines, a keyframe's together.
struct RecordingUnits {
    struct Unit {
        let at: Int64
        let lines: [Line]
    }

    private let reader: RecordingReader
    private var lastAt: Int64 = 0

    init(_ reader: RecordingReader) {
        self.reader = reader
    }

    mutating func next() -> Unit? {
        guard let line = reader.next() else { return nil }
        var lines = [line]
        if case .keyframe = line.message {
            while let more = reader.next() {
                lines.append(more)
                if case .keyframeEnd = more.message { break }
            }
        }
        lastAt = max(lastAt, line.at ?? lastAt)
        return Unit(at: lastAt, lines: lines)
    }
}
