/// Decides what a replay does next: a pure state machine of speed, pause, steps and seeks. The caller
/// reads the recording and measures time.
package struct RecordingPlayer: Sendable {
    /// What the caller has to do now.
    package enum Turn: Equatable, Sendable {
        /// Show the state at a time, in Unix milliseconds, then call ``RecordingPlayer/arrive(at:)``.
        case seek(to: Int64)
        /// Show the time before the present one that had lines.
        case stepBack
        /// Show the next unit of lines.
        case step
        /// Show all lines up to this time.
        case play(upTo: Int64)
        /// Show lines as fast as possible.
        case rush
        case wait
    }

    /// The present time of the replay in Unix milliseconds; `nil` before the first line.
    package private(set) var time: Int64?
    private var speed: Double
    private var isPaused = false
    private var steps = 0
    private var target: Int64?

    /// Creates a player.
    ///
    /// - Parameter speed: the multiple of real time; infinite for as fast as possible.
    package init(speed: Double) { self.speed = speed }

    package mutating func setPaused(_ isPaused: Bool) { self.isPaused = isPaused }

    package mutating func setSpeed(_ speed: Double) { self.speed = speed }

    /// Requests steps: forward if positive, back if negative.
    package mutating func step(by count: Int) { steps += count }

    /// Requests the state at a time, in Unix milliseconds.
    package mutating func seek(to time: Int64) { target = time }

    /// Sets the present time after a seek, or after lines were shown as fast as possible.
    package mutating func arrive(at time: Int64) { self.time = time }

    /// Takes the action that is due.
    ///
    /// - Parameters:
    ///   - due: the time of the next unit of lines; `nil` at the end of the recording.
    ///   - elapsed: the real time since the last call.
    package mutating func turn(due: Int64?, elapsed: Duration) -> Turn {
        if let target {
            self.target = nil
            return .seek(to: target)
        }
        if steps < 0 {
            steps += 1
            return .stepBack
        }
        guard let due else {
            steps = 0
            return .wait
        }
        guard let time else {
            self.time = due
            return .step
        }
        if steps > 0 {
            steps -= 1
            self.time = max(time, due)
            return .step
        }
        guard !isPaused else { return .wait }
        guard speed < .infinity else { return .rush }
        let now = time + Int64(elapsed / .milliseconds(1) * speed)
        self.time = now
        return due <= now ? .play(upTo: now) : .wait
    }

    /// How long to wait before the next ``turn(due:elapsed:)``.
    ///
    /// - Parameter due: the time of the next unit of lines; `nil` at the end of the recording.
    package func wait(due: Int64?) -> ReplayWait {
        if target != nil || steps != 0 { return .busy }
        guard let due else { return .standing }
        guard let time else { return .busy }
        guard !isPaused else { return .standing }
        guard speed < .infinity else { return .busy }
        let (next, overflows) = due.subtractingReportingOverflow(time)
        return .playing(next: overflows ? .max : next, speed: speed)
    }
}
