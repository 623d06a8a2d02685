package import Fleet
import HostSupport
package import ResilienceWire

/// Reads the state of the fleet from a hub's keyframe.
package enum FleetSnapshot {
    /// Asks for the stream and reads it to the end of the keyframe and its history. The stream
    /// continues after that, with deltas and calls as `figures` says.
    ///
    /// - Parameter historyMS: the length of history to request, in milliseconds; `nil` means five
    ///   minutes.
    package static func read(
        _ connection: HubConnection, detail: MetricsDetail = .off, historyMS: Int64? = nil
    ) async throws -> Fleet {
        connection.watch(detail, historyMS: historyMS)
        var stream = StreamedFleet()
        var hasState = false
        for try await batch in connection.batches {
            for line in try batch.decoded() {
                if case .error(let refusal) = line.message {
                    throw Failure(.refused, "the hub refused: \(refusal.detail)")
                }
                if case .snapshot = stream.take(line) { hasState = true }
            }
            if hasState, stream.isWhole { return stream.fleet }
        }
        let words = connection.words
        throw Failure(
            .noHub,
            "the connection ended before the hub sent its state"
                + (words.isEmpty ? "" : ": \(SafeText.sanitise(words, maxBytes: 1_000))"))
    }
}
