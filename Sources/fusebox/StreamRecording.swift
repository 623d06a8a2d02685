import Attach
import Fleet
import Recording
import ResilienceWire
import Synchronization

/// Writes a hub's stream to a file, with keyframes of its own; what was told a second ago is in it.
final class StreamRecording: Sendable {
    private let writer: Mutex<RecordingWriter>
    private let scrubs: Bool

    /// - Parameter scrubs: whether names and words are replaced by stand-ins.
    init(_ writer: sending RecordingWriter, scrubs: Bool = false) {
        self.writer = Mutex(writer)
        self.scrubs = scrubs
    }

    /// How it stands.
    var progress: RecordingProgress {
        writer.withLock {
            RecordingProgress(
                lines: $0.written, bytes: $0.bytes, lost: $0.lost, isStopped: $0.isStopped)
        }
    }

    /// Records until the connection ends, or the recording is as it is to be.
    ///
    /// - Parameters:
    ///   - began: called once the hub has told its state, with its time.
    ///   - isEnough: asked after each batch, with the hub's time.
    func record(
        _ hub: HubConnection, began: @Sendable (_ at: Int64) -> Void = { _ in },
        until isEnough: @Sendable (_ at: Int64) -> Bool = { _ in false }
    ) async throws {
        let flushing = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(1))
                writer.withLock { $0.flush() }
            }
        }
        defer {
            flushing.cancel()
            writer.withLock { $0.flush() }
        }
        var fleet = try await FleetSnapshot.read(hub, figures: true)
        var scrubber = Scrubber()
        write([], &scrubber, keyframeOf: fleet)
        began(fleet.at)
        for try await batch in hub.batches {
            for line in batch { fleet.apply(line) }
            let isDue = writer.withLock { $0.isKeyframeDue(at: fleet.at) }
            write(batch, &scrubber, keyframeOf: isDue ? fleet : nil)
            if isEnough(fleet.at) { return }
        }
    }

    private func write(_ lines: [Line], _ scrubber: inout Scrubber, keyframeOf fleet: Fleet?) {
        var ready = lines
        var keyframe = fleet.map { Array($0.keyframe(at: $0.at)) }
        if scrubs {
            ready = ready.map { scrubber.scrub($0) }
            keyframe = keyframe?.map { scrubber.scrub($0) }
        }
        let at = fleet?.at ?? 0
        writer.withLock { writer in
            writer.write(ready)
            if let keyframe { writer.writeKeyframe(keyframe, at: at) }
        }
    }
}
