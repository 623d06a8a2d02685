import NIOCore
import NIOPosix
public import Resilience
import ResilienceWire

/// Makes an agent's strategies visible to a fusebox hub, and lets operators act on them.
///
/// Telemetry never blocks a call, never makes a call throw and uses bounded memory. Without a hub,
/// it costs only the counters.
///
/// ```swift
/// let telemetry = Telemetry(agent: "planner")
/// let payments = telemetry.monitor("pay/stripe") { Retry(); CircuitBreaker() }
/// let receipt = try await payments.call { try await charge(card) }
/// ```
public final class Telemetry: Sendable {
    /// What telemetry sends in addition to numbers, and whether it accepts orders.
    public struct Options: Sendable {
        /// Whether to send the latest message of each error type, which may contain secrets.
        /// `false` by default.
        public var sendsMessages = false
        /// Whether to accept operators' orders. `true` unless the environment has
        /// `FUSEBOX_CONTROL=0`.
        public var allowsControl: Bool
        /// The places to look for a hub.
        public var places: SocketSearchPath
        /// The interval between counters, 1 ms to 1 hour.
        public var interval = Duration.milliseconds(500)

        /// Creates the options from environment variables, by default those of the process.
        public init(environment: [String: String] = ProcessEnvironment.all) {
            allowsControl = environment["FUSEBOX_CONTROL"] != "0"
            places = SocketSearchPath(environment: environment)
        }
    }

    /// The agent's name as hubs see it.
    public let name: String
    /// The identity of this process, new at each start.
    public let instance: String

    private let registry: Registry
    private let group: MultiThreadedEventLoopGroup?
    private let link: Link?

    /// Starts reporting this agent's strategies to a hub, as soon as one is available.
    ///
    /// - Parameters:
    ///   - agent: the agent's name, which replicas share. `:` and `@`, which separate the parts
    ///     of an address, become `-`, and so does the `*` of a name that ends in `/*`. A name of more
    ///     than 128 bytes is cut.
    public init(agent: String, options: Options = Options()) {
        name = AgentName.addressable(agent)
        let digits = InstanceDigits.random()
        instance = digits.description
        registry = Registry(options, agent: name)
        guard options.places.isEnabled else {
            group = nil
            link = nil
            return
        }
        // Telemetry has its own thread, because the host's event loops may be busy and belong to
        // the host.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        self.group = group
        let link = Link(
            loop: group.next(), registry: registry, places: options.places,
            hello: Hello(
                id: InstanceID(agent: name, instance: digits),
                pid: ProcessEnvironment.pid, client: "fusebox-swift/0.1",
                intervalMS: Int(options.interval.milliseconds)))
        self.link = link
        registry.onEvent { link.wake() }
        link.start()
    }

    /// Monitors a pipeline under a name that is unique within the agent.
    ///
    /// - Parameters:
    ///   - strategy: the name, such as `pay/stripe`, 1 to 128 bytes. A name that is already in
    ///     use gets a number.
    ///   - target: what it calls, such as a host.
    public func monitor<Content>(
        _ strategy: String, target: String? = nil,
        @PipelineBuilder _ content: () throws -> Content
    ) rethrows -> Monitored<Pipeline<Content>> {
        let monitored = try Monitored(content)
        registry.add(strategy, target: target, facets: Facets(of: monitored), monitored.meter)
        return monitored
    }

    /// Monitors one strategy without a pipeline, so that its own call methods stay available: those
    /// of a ``Fallback``, a ``BatchRetry`` or an ``Idempotency``.
    ///
    /// - Parameters:
    ///   - strategy: the name, such as `pay/stripe`, 1 to 128 bytes. A name that is already in
    ///     use gets a number.
    ///   - target: what it calls, such as a host.
    ///   - base: the strategy to monitor.
    public func monitor<Base>(
        _ strategy: String, target: String? = nil, _ base: Base
    ) -> Monitored<Base> {
        let monitored = Monitored(base)
        registry.add(strategy, target: target, facets: Facets(of: monitored), monitored.meter)
        return monitored
    }

    /// Monitors a pipeline for each key, such as a host, as `strategy/key`.
    ///
    /// ```swift
    /// let hosts = telemetry.monitor("get", by: String.self) { host in Retry(); CircuitBreaker() }
    /// let page = try await hosts[host].call { try await get(host) }
    /// ```
    ///
    /// Telemetry shows the first 1,000 keys of a process. Calls of further keys run normally, but
    /// no hub sees them. A strategy that was removed to make room takes no orders until its key
    /// comes again, under the same name.
    ///
    /// - Parameters:
    ///   - strategy: the prefix of the names.
    ///   - policy: how many pipelines are kept.
    ///   - content: creates the pipeline of a key.
    public func monitor<Key, Content>(
        _ strategy: String, by: Key.Type, _ policy: KeyedPolicy = .standard,
        @PipelineBuilder _ content: @escaping @Sendable (Key) -> Content
    ) -> Keyed<Key, Monitored<Pipeline<Content>>> {
        let keyed = Keyed(policy, by: Key.self) { key in Monitored { content(key) } }
        registry.follow(keyed, as: strategy)
        return keyed
    }

    /// Sends the remaining lines and `bye`, and stops. Takes at most one second.
    public func shutdown() async {
        await link?.stop()
        try? await group?.shutdownGracefully()
    }
}
