import Attach
import Fleet
import Recording
import Synchronization

/// Writes a hub's stream to a file, with keyframes of its own; what was told a second ago is in it.
final class Recorder: Sendable {
    private let writer: Mutex<RecordingWriter>

    init(_ writer: sending RecordingWriter) {
        self.writer = Mutex(writer)
    }

    /// Lines written, their bytes, and lines that the disk did not take.
    var counts: (written: Int, bytes: Int64, lost: Int) {
        writer.withLock { ($0.written, $0.bytes, $0.lost) }
    }

    /// Records until the connection ends, or the recording is as it is to be.
    ///
    /// - Parameter isEnough: asked after each batch.
    func record(
        _ hub: HubConnection, until isEnough: @Sendable (Recorder) -> Bool = { _ in false }
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
        var fleet = try await FleetSnapshot.read(hub)
        writer.withLock { $0.writeKeyframe(fleet.keyframe(at: fleet.at), at: fleet.at) }
        for try await batch in hub.batches {
            for line in batch { fleet.apply(line) }
            let now = fleet
            writer.withLock { writer in
                writer.write(batch)
                if writer.isKeyframeDue(at: now.at) {
                    writer.writeKeyframe(now.keyframe(at: now.at), at: now.at)
                }
            }
            if isEnough(self) { return }
        }
    }
}
