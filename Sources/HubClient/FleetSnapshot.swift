package import Fleet
import HostSupport
package import ResilienceWire

/// The fleet as a hub's keyframe tells of it.
package enum FleetSnapshot {
    /// Asks for the stream and reads up to the keyframe's end; the stream goes on after it, with
    /// deltas and calls only where figures are wanted.
    ///
    /// - Parameter historyMS: how far back the figures go, in milliseconds; `nil`: five minutes.
    package static func read(
        _ connection: HubConnection, figures: MetricsDetail = .off, historyMS: Int64? = nil
    ) async throws -> Fleet {
        connection.watch(figures: figures, historyMS: historyMS)
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
