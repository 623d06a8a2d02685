public import Fleet
public import HubClient
public import ResilienceWire

/// Follows a hub's stream and keeps its fleet, so that a test can wait for a condition.
public final class Viewer {
    /// The stream ended before the expected line came.
    public struct StreamEnded: Error {
        /// Creates the error.
        public init() {}
    }

    /// The connection to the hub.
    public let connection: HubConnection
    /// The fleet, as the lines read so far describe it.
    public var fleet: Fleet { stream.fleet }
    private var stream = StreamedFleet()

    /// Creates a viewer and asks for the stream.
    public init(_ connection: HubConnection) {
        self.connection = connection
        connection.watch()
    }

    /// Reads lines until the condition holds.
    public func wait(until condition: (Fleet) -> Bool) async throws {
        if condition(fleet) { return }
        for try await batch in connection.batches {
            for line in try batch.decoded() { stream.take(line) }
            if stream.isWhole, condition(fleet) { return }
        }
        throw StreamEnded()
    }

    /// Reads lines until `pick` returns a value for a message, and returns it.
    public func next<Result>(_ pick: (StreamMessage) -> Result?) async throws -> Result {
        for try await batch in connection.batches {
            let batch = try batch.decoded()
            for line in batch { stream.take(line) }
            for line in batch {
                if let result = pick(line.message) { return result }
            }
        }
        throw StreamEnded()
    }

    /// Reads lines until a command ends, and returns its statuses.
    public func outcome(of id: String) async throws -> [CommandStatus] {
        var statuses: [CommandStatus] = []
        _ = try await next { message -> CommandDone? in
            if case .commandStatus(let status) = message, status.id == id {
                statuses.append(status)
            }
            if case .commandDone(let done) = message, done.id == id { return done }
            return nil
        }
        return statuses
    }
}
