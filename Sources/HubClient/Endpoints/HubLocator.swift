import Glibc
public import Sockets

/// Finds the hub that a command line refers to.
public struct HubLocator: Sendable {
    /// The result of looking for a hub at one place.
    public struct Attempt: Sendable {
        /// The place.
        public let place: HubEndpoint
        /// Why the hub there cannot be used; `nil` if it answered.
        public let error: SocketError?

        /// Creates the result for a place.
        public init(place: HubEndpoint, error: SocketError?) {
            self.place = place
            self.error = error
        }
    }

    /// The error when no hub answers at any place.
    public struct NoHub: Error, Sendable, CustomStringConvertible {
        /// The places that were tried, with their errors.
        public let attempts: [Attempt]

        /// Creates the error from the places that were tried.
        public init(attempts: [Attempt]) {
            self.attempts = attempts
        }

        /// Lists the places that were tried and says how to start a hub.
        public var description: String {
            // Each place shows its own error, so a hub that was found but is not safe to use says
            // why.
            let lines = attempts.map { "  \($0.place): \($0.error?.description ?? "answers")" }
            return "no hub answers. Tried:\n\(lines.joined(separator: "\n"))\n"
                + "Start one with 'fusebox hub --background', or try 'fusebox demo'."
        }
    }

    private let explicit: SocketDirectory?
    private let via: String?
    private let environment: [String: String]

    /// Creates a locator.
    ///
    /// - Parameters:
    ///   - path: the socket directory; `nil` for the usual places.
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

    /// Whether the hub may be on another machine, so that this program must not start one.
    public var isElsewhere: Bool { via != nil }

    /// The socket directory for a hub that this user starts.
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

    /// The longest wait for an answer of a hub.
    private static let patience = Duration.seconds(3)

    /// Tests each place with a request: a hub that is stopped still accepts connections.
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
