public import Fleet
public import HubClient
public import ResilienceWire

/// Follows a hub's stream and keeps its fleet, so that a test waits for what it wants to see.
public final class Viewer {
    /// The stream ended before what was waited for.
    public struct StreamEnded: Error {
        /// An end before its time.
        public init() {}
    }

    /// The connection.
    public let connection: HubConnection
    /// The fleet so far.
    public private(set) var fleet = Fleet()

    /// Asks for the stream.
    public init(_ connection: HubConnection) {
        self.connection = connection
        connection.watch()
    }

    /// Reads on until the condition holds.
    public func wait(until condition: (Fleet) -> Bool) async throws {
        if condition(fleet) { return }
        for try await batch in connection.batches {
            for line in try batch.decoded() { fleet.apply(line) }
            if condition(fleet) { return }
        }
        throw StreamEnded()
    }

    /// Reads on to the first message that `pick` takes.
    public func next<Result>(_ pick: (Message) -> Result?) async throws -> Result {
        for try await batch in connection.batches {
            let batch = try batch.decoded()
            for line in batch { fleet.apply(line) }
            for line in batch {
                if let result = pick(line.message) { return result }
            }
        }
        throw StreamEnded()
    }

    /// Reads on to a command's end; the statuses on the way.
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
