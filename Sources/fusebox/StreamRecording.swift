import Attach
import Fleet
import Recording
import ResilienceWire
import Synchronization

/// Writes a hub's stream to a file, with keyframes of its own; what was told a second ago is in it.
final class StreamRecording: Sendable {
    private struct Recording {
        let writer: RecordingWriter
        /// When it began, and the latest line, by the hub's time.
        var since: Int64 = 0
        var at: Int64 = 0
    }

    private let recording: Mutex<Recording>
    private let scrubs: Bool

    /// - Parameter scrubs: whether names and words are replaced by stand-ins.
    init(_ writer: sending RecordingWriter, scrubs: Bool = false) {
        recording = Mutex(Recording(writer: writer))
        self.scrubs = scrubs
    }

    /// How it stands.
    var progress: RecordingProgress {
        recording.withLock {
            RecordingProgress(
                since: $0.since, at: $0.at, lines: $0.writer.written, bytes: $0.writer.bytes,
                lost: $0.writer.lost, isStopped: $0.writer.isStopped)
        }
    }

    /// Records until the connection ends, or the recording is as it is to be.
    ///
    /// - Parameters:
    ///   - began: called once the hub has told its state.
    ///   - isEnough: asked after each batch.
    func record(
        _ hub: HubConnection, began: @Sendable (RecordingProgress) -> Void = { _ in },
        until isEnough: @Sendable (RecordingProgress) -> Bool
    ) async throws {
        let flushing = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(1))
                recording.withLock { $0.writer.flush() }
            }
        }
        defer {
            flushing.cancel()
            recording.withLock { $0.writer.flush() }
        }
        var fleet = try await FleetSnapshot.read(hub, figures: .each)
        var scrubber = Scrubber()
        let since = fleet.at
        recording.withLock { ($0.since, $0.at) = (since, since) }
        try write(LineBatch([]), &scrubber, keyframeOf: fleet)
        began(progress)
        for try await batch in hub.batches {
            for line in try batch.decoded() { fleet.apply(line) }
            let at = fleet.at
            let isDue = recording.withLock { recording in
                recording.at = at
                return recording.writer.isKeyframeDue(at: at)
            }
            try write(batch, &scrubber, keyframeOf: isDue ? fleet : nil)
            if isEnough(progress) { return }
        }
    }

    private func write(
        _ batch: LineBatch, _ scrubber: inout Scrubber, keyframeOf fleet: Fleet?
    ) throws {
        var ready = batch
        var keyframe = fleet.map { Array($0.keyframe(at: $0.at)) }
        if scrubs {
            ready = LineBatch(try batch.decoded().map { scrubber.scrub($0) })
            keyframe = keyframe?.map { scrubber.scrub($0) }
        }
        let at = fleet?.at ?? 0
        recording.withLock { recording in
            recording.writer.write(ready)
            if let keyframe { recording.writer.writeKeyframe(keyframe, at: at) }
        }
    }
}
