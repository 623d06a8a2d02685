import Fleet
package import HubClient
package import Recording
import ResilienceWire
import Synchronization

/// Writes a hub's stream to a file, with keyframes of its own. The file is at most a second behind the stream.
package final class StreamRecording: Sendable {
    private struct Recording {
        let writer: RecordingWriter
        /// The times of the first and the latest line, by the hub's clock.
        var since: Int64 = 0
        var at: Int64 = 0
        /// The state after the lines so far.
        var stream = StreamedFleet()
        /// Replaces names and texts; `nil` keeps them.
        var scrubber: Scrubber?

        mutating func write(_ batch: LineBatch) throws {
            for line in try batch.decoded() { stream.take(line) }
            at = stream.fleet.at
            guard scrubber != nil else { return writer.write(batch) }
            writer.write(LineBatch(try batch.decoded().map { scrubber?.scrub($0) ?? $0 }))
        }

        mutating func writeKeyframe() {
            let fleet = stream.fleet
            let lines = fleet.keyframe(at: fleet.at, hasHistory: true)
                .map { scrubber?.scrub($0) ?? $0 }
            writer.writeKeyframe(lines, at: fleet.at)
        }

        /// Called once a second, with or without new lines.
        mutating func tick() {
            writer.flush()
            let restarts = writer.restarts
            writer.keepInPlace(at: at)
            if writer.restarts > restarts { writeKeyframe() }
        }
    }

    private let recording: Mutex<Recording>

    /// - Parameter scrubs: whether names and texts are replaced by placeholders.
    package init(_ writer: sending RecordingWriter, scrubs: Bool = false) {
        recording = Mutex(Recording(writer: writer, scrubber: scrubs ? Scrubber() : nil))
    }

    /// The progress so far.
    package var progress: RecordingProgress {
        recording.withLock {
            RecordingProgress(
                since: $0.since, at: $0.at, lines: $0.writer.written, bytes: $0.writer.bytes,
                lost: $0.writer.lost, isStopped: $0.writer.isStopped,
                restarts: $0.writer.restarts, misplaced: $0.writer.misplaced)
        }
    }

    /// Records until the connection ends or `isEnough` returns `true`.
    ///
    /// - Parameters:
    ///   - began: called after the first keyframe.
    ///   - isEnough: called after each batch and each second.
    package func record(
        _ hub: HubConnection, began: @Sendable (RecordingProgress) -> Void = { _ in },
        until isEnough: @escaping @Sendable (RecordingProgress) -> Bool
    ) async throws {
        defer { recording.withLock { $0.writer.flush() } }
        let fleet = try await FleetSnapshot.read(hub, detail: .full)
        recording.withLock { recording in
            (recording.since, recording.at) = (fleet.at, fleet.at)
            recording.stream.replace(with: fleet)
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
                    if recording.stream.isWhole,
                        recording.writer.isKeyframeDue(at: recording.at)
                    {
                        recording.writeKeyframe()
                    }
                }
                if isEnough(progress) { return }
            }
        }
    }
}
