import Fleet
package import HubClient
package import Recording
import ResilienceWire
import Synchronization

/// Writes a hub's stream to a file, with keyframes of its own; what was told a second ago is in it.
package final class StreamRecording: Sendable {
    private struct Recording {
        let writer: RecordingWriter
        /// When it began, and the latest line, by the hub's time.
        var since: Int64 = 0
        var at: Int64 = 0
        /// What the lines lead to.
        var fleet = Fleet()
        /// Puts stand-ins in place of names and words; `nil` where they stay.
        var scrubber: Scrubber?

        mutating func write(_ batch: LineBatch) throws {
            for line in try batch.decoded() { fleet.apply(line) }
            at = fleet.at
            guard scrubber != nil else { return writer.write(batch) }
            writer.write(LineBatch(try batch.decoded().map { scrubber?.scrub($0) ?? $0 }))
        }

        mutating func writeKeyframe() {
            let lines = fleet.keyframe(at: fleet.at).map { scrubber?.scrub($0) ?? $0 }
            writer.writeKeyframe(lines, at: fleet.at)
        }

        /// Once a second, whether lines come or not.
        mutating func tick() {
            writer.flush()
            let restarts = writer.restarts
            writer.keepInPlace(at: at)
            if writer.restarts > restarts { writeKeyframe() }
        }
    }

    private let recording: Mutex<Recording>

    /// - Parameter scrubs: whether names and words are replaced by stand-ins.
    package init(_ writer: sending RecordingWriter, scrubs: Bool = false) {
        recording = Mutex(Recording(writer: writer, scrubber: scrubs ? Scrubber() : nil))
    }

    /// How it stands.
    package var progress: RecordingProgress {
        recording.withLock {
            RecordingProgress(
                since: $0.since, at: $0.at, lines: $0.writer.written, bytes: $0.writer.bytes,
                lost: $0.writer.lost, isStopped: $0.writer.isStopped,
                restarts: $0.writer.restarts, misplaced: $0.writer.misplaced)
        }
    }

    /// Records until the connection ends, or the recording is as it is to be.
    ///
    /// - Parameters:
    ///   - began: called once the hub has told its state.
    ///   - isEnough: asked after each batch, and told each second.
    package func record(
        _ hub: HubConnection, began: @Sendable (RecordingProgress) -> Void = { _ in },
        until isEnough: @escaping @Sendable (RecordingProgress) -> Bool
    ) async throws {
        defer { recording.withLock { $0.writer.flush() } }
        let fleet = try await FleetSnapshot.read(hub, figures: .full)
        recording.withLock { recording in
            (recording.since, recording.at) = (fleet.at, fleet.at)
            recording.fleet = fleet
            recording.writeKeyframe()
        }
        began(progress)
        try await withThrowingTaskGroup { tasks in
            tasks.addTask {
                while !Task.isCancelled {
                    try await Task.sleep(for: .seconds(1))
                    self.recording.withLock { $0.tick() }
                    _ = isEnough(self.progress)
                }
            }
            defer { tasks.cancelAll() }
            for try await batch in hub.batches {
                try recording.withLock { recording in
                    try recording.write(batch)
                    if recording.writer.isKeyframeDue(at: recording.at) {
                        recording.writeKeyframe()
                    }
                }
                if isEnough(progress) { return }
            }
        }
    }
}
