#if Observability
    import HubClient
    import Fleet
    import Hub
    import Logging
    import NIOPosix
    import Resilience
    import ResilienceObservability
    import ResilienceTelemetry
    import ResilienceWire
    import ServiceLifecycle
    import ServiceLifecycleTestKit
    import Sockets
    import TestSupport
    import Testing

    @Suite(.timeLimit(.minutes(1))) struct ServiceTests {
        /// Counters are sent once an hour, so what arrives was sent at the end.
        private func telemetry(_ scratch: Scratch) -> Telemetry {
            var options = Telemetry.Options(environment: [:])
            options.places = SocketSearchPath(socket: scratch.sockets.socket(.agent))
            options.interval = .seconds(3_600)
            return Telemetry(agent: "planner", options: options)
        }

        @Test func gracefulShutdownSendsWhatIsLeftAndSaysBye() async throws {
            let scratch = try Scratch()
            defer { scratch.remove() }
            let hub = try Hub(scratch.sockets, on: MultiThreadedEventLoopGroup.singleton.next())
            try await hub.start()
            let telemetry = telemetry(scratch)
            let pay = telemetry.monitor("pay") { CircuitBreaker() }
            let viewer = try await scratch.viewer()
            try await testGracefulShutdown { shutdown in
                async let service: Void = telemetry.run()
                try await viewer.wait { $0.agents.values.first?.strategies["pay"] != nil }
                try await pay.call {}
                shutdown.triggerGracefulShutdown()
                try await service
            }
            try await viewer.wait { $0.agents.values.first?.state == .gone }
            let agent = try #require(viewer.fleet.agents.values.first)
            #expect(agent.why == "said bye")
            #expect(agent.strategies["pay"]?.total.ok == 1)
            await hub.stop()
        }

        @Test func serviceGroupShutsDownTelemetry() async throws {
            var options = Telemetry.Options(environment: [:])
            options.places = .off
            let telemetry = Telemetry(agent: "planner", options: options)
            let group = ServiceGroup(
                configuration: ServiceGroupConfiguration(
                    services: [.init(service: telemetry)], logger: .init(label: "test")))
            async let run: Void = group.run()
            await group.triggerGracefulShutdown()
            try await run
        }

        @Test func cancellationEndsItAsWell() async throws {
            var options = Telemetry.Options(environment: [:])
            options.places = .off
            let telemetry = Telemetry(agent: "planner", options: options)
            let task = Task { try await telemetry.run() }
            task.cancel()
            try await task.value
        }
    }
#endif
