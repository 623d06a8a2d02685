import Attach
import Fleet
import ResilienceWire

/// The fleet as a hub's keyframe tells of it.
enum FleetSnapshot {
    /// Asks for the stream and reads up to the keyframe's end; the stream goes on after it, with
    /// deltas and calls only where figures are wanted.
    static func read(_ connection: HubConnection, figures: Figures = .none) async throws -> Fleet {
        connection.watch(figures: figures)
        var fleet = Fleet()
        for try await batch in connection.batches {
            var isWhole = false
            for line in try batch.decoded() {
                if case .error(let refusal) = line.message {
                    throw Failure(.refused, "the hub refused: \(refusal.detail)")
                }
                fleet.apply(line)
                isWhole = isWhole || line.message == .keyframeEnd
            }
            if isWhole { return fleet }
        }
        let words = connection.words
        throw Failure(
            .noHub,
            "the connection ended before the hub told its state"
                + (words.isEmpty ? "" : ": \(SafeText.sanitise(words, maxBytes: 1_000))"))
    }
}
