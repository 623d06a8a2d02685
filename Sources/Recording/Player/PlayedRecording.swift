package import Fleet
package import HostSupport

/// The position of a replay in its recording: the unit that comes next, and the times that were shown.
package struct PlayedRecording {
    /// The number of times kept for steps back.
    private static let trailLength = 10_000

    private var recorded: ChainedRecording
    private var units: RecordingSteps
    /// The unit that comes next; `nil` at the end.
    package private(set) var next: RecordingSteps.Unit?
    /// The times that were shown, ascending.
    private var trail: [Int64] = []

    /// - Parameter files: the paths of the recording, or of several consecutive ones, oldest first.
    package init(_ files: [String]) throws(Failure) {
        recorded = try ChainedRecording(files)
        units = RecordingSteps(recorded)
        next = units.next()
    }

    /// The times of the first and the last line in Unix milliseconds.
    package var times: ClosedRange<Int64> { recorded.times }

    /// The damage found so far; `nil` if there is none.
    package var damage: RecordingDamage? { recorded.damage }

    /// Continues in another recording of the same stream, for example after it has grown.
    package mutating func replace(by other: ChainedRecording) { recorded = other }

    /// Takes the next unit.
    package mutating func take() -> RecordingSteps.Unit? {
        guard let unit = next else { return nil }
        next = units.next()
        note(unit.at)
        return unit
    }

    /// Seeks to a time and returns the state there. ``take()`` continues after it.
    package mutating func seek(to time: Int64) -> Fleet {
        trail.removeAll { $0 >= time }
        let fleet = recorded.state(at: time) { note($0) }
        units = RecordingSteps(recorded)
        next = units.next()
        return fleet
    }

    /// Removes the present time from the times that were shown, and returns the one before.
    package mutating func stepBack() -> Int64 {
        let present = trail.popLast() ?? times.lowerBound + 1
        return trail.last ?? present - 1
    }

    private mutating func note(_ time: Int64) {
        guard trail.last ?? .min < time else { return }
        trail.append(time)
        if trail.count > Self.trailLength { trail.removeFirst(Self.trailLength / 2) }
    }
}
