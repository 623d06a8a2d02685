import NIOCore
import NIOPosix
public import Resilience
import ResilienceWire

/// Makes an agent's strategies visible to a fusebox hub, and lets operators act on them.
///
/// It never blocks a call, never throws into it and never grows: without a hub it costs nothing but
/// the counters.
///
/// ```swift
/// let telemetry = Telemetry(agent: "planner")
/// let payments = telemetry.monitor("pay/stripe") { Retry(); CircuitBreaker() }
/// let receipt = try await payments.call { try await charge(card) }
/// ```
public final class Telemetry: Sendable {
    /// What is sent beyond numbers, and what is obeyed.
    public struct Options: Sendable {
        /// Sends the latest message of each error type, which may hold secrets. Off unless set.
        public var sendsMessages = false
        /// Obeys operators. On, unless the environment says `FUSEBOX_CONTROL=0`.
        public var allowsControl: Bool
        /// Where to look for a hub.
        public var places: SocketSearchPath
        /// How often counters are sent, 1 ms to 1 hour.
        public var interval = Duration.milliseconds(500)

        /// The options that an environment asks for; the process's own unless given.
        public init(environment: [String: String] = ProcessEnvironment.all) {
            allowsControl = environment["FUSEBOX_CONTROL"] != "0"
            places = SocketSearchPath(environment: environment)
        }
    }

    /// This process, as hubs see it.
    public let name: String
    /// New at each start of the process.
    public let instance: String

    private let registry: Registry
    private let group: MultiThreadedEventLoopGroup?
    private let link: Link?

    /// Starts telling a hub, wherever there is one, of this agent's strategies.
    ///
    /// - Parameters:
    ///   - agent: the agent's name, which replicas share. `:` and `@`, which addresses are made of,
    ///     become `-`, and so does the `*` of a name that ends in `/*`; beyond 128 bytes it is cut.
    public init(agent: String, options: Options = Options()) {
        name = AgentName.addressable(agent)
        let digits = InstanceDigits.random()
        instance = digits.description
        registry = Registry(options)
        guard options.places.isEnabled else {
            group = nil
            link = nil
            return
        }
        // A thread of its own: the host's event loops may be busy, and are not ours to use.
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
    ///   - strategy: the name, such as `pay/stripe`, 1 to 128 bytes; a name that is taken is told
    ///     apart by a number.
    ///   - target: what it calls, such as a host.
    public func monitor<Content>(
        _ strategy: String, target: String? = nil,
        @PipelineBuilder _ content: () throws -> Content
    ) rethrows -> Monitored<Pipeline<Content>> {
        let monitored = try Monitored(content)
        registry.add(strategy, target: target, facets: Facets(of: monitored), monitored.meter)
        return monitored
    }

    /// Monitors one strategy as itself, so that it keeps calls of its own: those of a ``Fallback``,
    /// a ``BatchRetry`` or an ``Idempotency``.
    ///
    /// - Parameters:
    ///   - strategy: the name, such as `pay/stripe`, 1 to 128 bytes; a name that is taken is told
    ///     apart by a number.
    ///   - target: what it calls, such as a host.
    ///   - base: what is monitored.
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
    /// The first 1,000 keys of a process are shown; calls of further ones run like any other, but no
    /// hub knows them. A strategy that went to make room takes no orders until its key comes again,
    /// under the same name.
    ///
    /// - Parameters:
    ///   - strategy: what the names begin with.
    ///   - policy: how many pipelines are kept.
    ///   - content: the pipeline of a key.
    public func monitor<Key, Content>(
        _ strategy: String, by: Key.Type, _ policy: KeyedPolicy = .standard,
        @PipelineBuilder _ content: @escaping @Sendable (Key) -> Content
    ) -> Keyed<Key, Monitored<Pipeline<Content>>> {
        let keyed = Keyed(policy, by: Key.self) { key in Monitored { content(key) } }
        registry.follow(keyed, as: strategy)
        return keyed
    }

    /// Sends what is left, says goodbye and ends; at most a second.
    public func shutdown() async {
        await link?.stop()
        try? await group?.shutdownGracefully()
    }
}
