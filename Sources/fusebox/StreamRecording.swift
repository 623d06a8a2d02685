import Attach
import Fleet
import Recording
import ResilienceWire

/// A hub's stream on its way into a file.
enum StreamRecording {
    /// Writes the stream until it ends, with keyframes of a fleet of its own.
    ///
    /// - Parameters:
    ///   - began: told when the hub has said all that it knows.
    ///   - wrote: told after every write, with the time of the latest line.
    static func run(
        _ hub: HubConnection, into writer: RecordingWriter, began: () -> Void = {},
        wrote: (Int64) -> Void = { _ in }
    ) async throws {
        var fleet = try await FleetSnapshot.read(hub)
        began()
        writer.writeKeyframe(fleet.keyframe(at: fleet.at), at: fleet.at)
        wrote(fleet.at)
        for try await batch in hub.batches {
            for line in batch { fleet.apply(line) }
            writer.write(batch)
            if writer.isKeyframeDue(at: fleet.at) {
                writer.writeKeyframe(fleet.keyframe(at: fleet.at), at: fleet.at)
            }
            wrote(fleet.at)
        }
    }
}
