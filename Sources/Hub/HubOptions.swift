public import Fleet
public import Sockets

extension Hub {
    /// The settings of a hub.
    public struct Options: Sendable {
        /// The users who may connect to the sockets.
        public var access = SocketAccess.owner
        /// Where the hub stores the audit log, the standing orders and the alerts. `nil` stores
        /// nothing.
        public var state: StatePlaces?
        /// How long lines of the audit log are kept. Its size limits this.
        public var auditKeep = Duration.seconds(90 * 86_400)
        /// Whether the hub refuses a command that it cannot write to the audit log first.
        public var requiresAudit = false
        /// The alert rules that the hub evaluates.
        public var alerts = AlertRules.standard
        /// The longest that an alert command may run before the hub kills it.
        public var alertPatience = Duration.seconds(30)
        /// The memory budget for data that connected peers cause, in bytes.
        public var memoryBytes = 512_000_000
        /// The longest expected interval between two Prometheus scrapes.
        public var scrapeInterval = Duration.seconds(15)
        /// Receives the hub's log messages, one line each. Discards them by default.
        public var log: @Sendable (String) -> Void = { _ in }

        /// Creates options that store nothing on disk.
        public init() {}
    }
}
