import Glibc
public import Sockets

/// Finds the hub that a command means, and starts one where none answers.
public struct HubLocator: Sendable {
    /// What was found at one place.
    public struct Attempt: Sendable {
        /// The place.
        public let directory: SocketDirectory
        /// Why there is no hub to be used; `nil` where one answered.
        public let error: SocketError?
    }

    /// No hub answered at any of the places.
    public struct NoHub: Error, Sendable, CustomStringConvertible {
        /// Each place that was tried.
        public let attempts: [Attempt]

        /// Where it was looked for, and how to start one.
        public var description: String {
            // A place without anything is listed; one that was found and not trusted says why.
            let lines = attempts.map { "  \($0.directory): \($0.error?.description ?? "answers")" }
            return "no hub answers. Tried:\n\(lines.joined(separator: "\n"))\n"
                + "Start one with 'fusebox hub --background', or try 'fusebox demo'."
        }
    }

    private let explicit: SocketDirectory?
    private let environment: [String: String]

    /// - Parameters:
    ///   - path: the directory that was asked for; `nil` for the usual places.
    ///   - environment: the process's environment.
    public init(_ path: String?, environment: [String: String]) {
        explicit = path.map { SocketDirectory($0) }
        self.environment = environment
    }

    /// The places to try, in order.
    public var places: [SocketDirectory] {
        if let explicit { return [explicit] }
        let all = SocketDirectory.candidates(environment: environment, uid: getuid())
        if environment["FUSEBOX_SOCKET_DIR"]?.isEmpty == false { return Array(all.prefix(1)) }
        return all + [.system]
    }

    /// Where a hub of one's own has its sockets.
    public var own: SocketDirectory {
        explicit ?? SocketDirectory.ofUser(environment: environment, uid: getuid())
    }

    /// Connects to the first hub that answers in a role.
    public func connect(as role: SocketRole) async throws(NoHub) -> (SocketDirectory, HubConnection)
    {
        var attempts: [Attempt] = []
        for directory in places {
            do throws(SocketError) {
                return (directory, try await HubConnection.open(directory, as: role))
            } catch {
                attempts.append(Attempt(directory: directory, error: error))
            }
        }
        throw NoHub(attempts: attempts)
    }

    /// What answers at each place.
    public func survey() async -> [Attempt] {
        var attempts: [Attempt] = []
        for directory in places {
            do throws(SocketError) {
                try await HubConnection.open(directory, as: .view).close()
                attempts.append(Attempt(directory: directory, error: nil))
            } catch {
                attempts.append(Attempt(directory: directory, error: error))
            }
        }
        return attempts
    }
}
