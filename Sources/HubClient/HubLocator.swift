import Glibc
public import Sockets

/// Finds the hub that a command means, and starts one where none answers.
public struct HubLocator: Sendable {
    /// What was found at one place.
    public struct Attempt: Sendable {
        /// The place.
        public let place: HubEndpoint
        /// Why there is no hub to be used; `nil` where one answered.
        public let error: SocketError?

        /// What was found at a place.
        public init(place: HubEndpoint, error: SocketError?) {
            self.place = place
            self.error = error
        }
    }

    /// No hub answered at any of the places.
    public struct NoHub: Error, Sendable, CustomStringConvertible {
        /// Each place that was tried.
        public let attempts: [Attempt]

        /// None of the places has one.
        public init(attempts: [Attempt]) {
            self.attempts = attempts
        }

        /// Where it was looked for, and how to start one.
        public var description: String {
            // A place without anything is listed; one that was found and not trusted says why.
            let lines = attempts.map { "  \($0.place): \($0.error?.description ?? "answers")" }
            return "no hub answers. Tried:\n\(lines.joined(separator: "\n"))\n"
                + "Start one with 'fusebox hub --background', or try 'fusebox demo'."
        }
    }

    private let explicit: SocketDirectory?
    private let via: String?
    private let environment: [String: String]

    /// - Parameters:
    ///   - path: the directory that was asked for; `nil` for the usual places.
    ///   - via: a command that reaches a hub elsewhere, instead of a directory.
    ///   - environment: the process's environment.
    public init(_ path: String?, via: String? = nil, environment: [String: String]) {
        explicit = path.map { SocketDirectory($0) }
        self.via = via
        self.environment = environment
    }

    /// The places to try, in order.
    public var places: [HubEndpoint] {
        if let via { return [.via(via)] }
        return directories.map { .directory($0) }
    }

    /// The socket directories to try, in order.
    public var directories: [SocketDirectory] {
        if let explicit { return [explicit] }
        let all = SocketDirectory.candidates(environment: environment, uid: getuid())
        if environment["FUSEBOX_SOCKET_DIR"]?.isEmpty == false { return Array(all.prefix(1)) }
        return all + [.system]
    }

    /// Whether the hub may be on another machine: none is started for it here.
    public var isElsewhere: Bool { via != nil }

    /// Where a hub of one's own has its sockets.
    public var own: SocketDirectory {
        explicit ?? SocketDirectory.ofUser(environment: environment, uid: getuid())
    }

    /// Connects to the first hub that answers in a role.
    public func connect(as role: SocketRole) async throws(NoHub) -> (HubEndpoint, HubConnection) {
        var attempts: [Attempt] = []
        for place in places {
            do throws(SocketError) {
                return (place, try await HubConnection.open(place, as: role))
            } catch {
                attempts.append(Attempt(place: place, error: error))
            }
        }
        throw NoHub(attempts: attempts)
    }

    /// How long a hub may take to answer.
    private static let patience = Duration.seconds(3)

    /// What answers at each place: a connection alone says nothing of a hub that is stopped.
    public func survey() async -> [Attempt] {
        var attempts: [Attempt] = []
        for place in places {
            do throws(SocketError) {
                let connection = try await HubConnection.open(place, as: .view)
                let isHeard = await connection.isHeard(within: Self.patience)
                connection.close()
                attempts.append(
                    Attempt(place: place, error: isHeard ? nil : .silent(place.description)))
            } catch {
                attempts.append(Attempt(place: place, error: error))
            }
        }
        return attempts
    }
}
