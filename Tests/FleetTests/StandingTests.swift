import Fleet
import ResilienceWire
import TestSupport
import Testing

@Suite struct StandingTests {
    let first = InstanceID(agent: "planner", instance: InstanceDigits(repeating: "a"))
    let second = InstanceID(agent: "planner", instance: InstanceDigits(repeating: "b"))

    func order(
        _ id: String, _ order: Order, to address: String = "planner:pay"
    ) -> StreamCommand {
        StreamCommand(
            id: id, address: Address(lenient: address), order: order, reason: "because", who: "ops")
    }

    /// Carries out a command as the hub does.
    func give(_ command: StreamCommand, _ fleet: inout Fleet, at now: Int64 = 1_000) {
        for message in fleet.standingChanges(by: command, at: now) {
            fleet.apply(message, from: nil, at: now)
        }
    }

    func fleet(_ state: BreakerState = .closed, pinned: Double? = nil) -> Fleet {
        var fleet = Fleet()
        for id in [first, second] {
            fleet.apply(.agentUp(AgentUp(pid: 1, client: "", intervalMS: 500)), from: id, at: 0)
            let declaration = StrategyDeclaration(
                strategy: "pay", kind: "breaker", can: Action.allCases,
                breaker: BreakerReading(state: state, version: 1),
                limits: [
                    LimitReading(name: "max_attempts", value: pinned ?? 3, pinned: pinned != nil)
                ])
            fleet.apply(.strategy(declaration), from: id, at: 0)
        }
        return fleet
    }

    func held(_ fleet: Fleet) -> [Order] {
        fleet.standing.filter(\.holds).map(\.order.order)
    }

    @Test func forcedDisabledAndPinnedStatesApplyToLaterInstances() {
        for (given, kept) in [
            (Order.open(forMS: nil), Order.open(forMS: nil)),
            (.open(forMS: 500), .open(forMS: nil)), (.disable, .disable),
            (.setLimit(name: "max_attempts", value: 2), .setLimit(name: "max_attempts", value: 2)),
        ] {
            var fleet = fleet()
            give(order("c1", given), &fleet)
            #expect(held(fleet) == [kept])
            #expect(fleet.standing.first?.order.until == (given == .open(forMS: 500) ? 1_500 : nil))
            #expect(fleet.owed(to: first, "pay", at: 1_100).map(\.order.order) == [kept])
        }
    }

    @Test func resetEnableProbeAndAutoCreateNoStandingOrder() {
        for given in [
            Order.reset, .enable, .halfOpen, .setLimit(name: "max_attempts", value: nil),
            .tap(forMS: 1),
        ] {
            var fleet = fleet()
            give(order("c1", given), &fleet)
            #expect(fleet.standing.isEmpty)
        }
    }

    @Test func orderReplacesTheStandingOrdersItCovers() {
        var fleet = fleet()
        give(order("c1", .open(forMS: nil), to: "planner@aaaa:pay"), &fleet)
        give(order("c2", .setLimit(name: "max_attempts", value: 2)), &fleet)
        give(order("c3", .disable), &fleet)
        #expect(fleet.standing.map(\.order.id) == ["c2", "c3"])
        give(order("c4", .reset, to: "*:pay"), &fleet)
        #expect(fleet.standing.map(\.order.id) == ["c2"])
        give(order("c5", .setLimit(name: "max_attempts", value: nil)), &fleet)
        #expect(fleet.standing.isEmpty)
    }

    @Test func resetOfOneInstanceExceptsOnlyThatInstance() {
        var fleet = fleet()
        give(order("c1", .open(forMS: nil)), &fleet)
        give(order("c2", .reset, to: "planner@aaaa:pay"), &fleet)
        #expect(fleet.owed(to: first, "pay", at: 1_100).isEmpty)
        #expect(fleet.owed(to: second, "pay", at: 1_100).count == 1)
        #expect(fleet.standingOver(at: 1_100).isEmpty)
        give(order("c3", .reset), &fleet)
        #expect(fleet.standing.isEmpty)
    }

    @Test func exceptionEndsWithItsStandingOrder() {
        var fleet = fleet()
        give(order("c1", .open(forMS: 500)), &fleet)
        give(order("c2", .reset, to: "planner@aaaa:pay"), &fleet)
        let over = fleet.standingOver(at: 1_500)
        #expect(over.count == 2)
        for message in over { fleet.apply(message, from: nil, at: 1_500) }
        #expect(fleet.standing.isEmpty)
    }

    @Test func standingOrderIsNotSentWhereItIsInForceOrUnsupported() {
        var open = fleet(.forcedOpen, pinned: 2)
        give(order("c1", .open(forMS: nil)), &open)
        give(order("c2", .setLimit(name: "max_attempts", value: 2)), &open)
        #expect(open.owed(to: first, "pay", at: 1_100).isEmpty)
        give(order("c3", .setLimit(name: "max_attempts", value: 1)), &open)
        #expect(open.owed(to: first, "pay", at: 1_100).map(\.order.id) == ["c3"])

        var mute = Fleet()
        mute.apply(.agentUp(AgentUp(pid: 1, client: "", intervalMS: 500)), from: first, at: 0)
        mute.apply(
            .strategy(StrategyDeclaration(strategy: "pay", kind: "breaker")), from: first, at: 0)
        give(order("c1", .open(forMS: nil)), &mute)
        #expect(mute.owed(to: first, "pay", at: 1_100).isEmpty)
    }

    @Test func expiredStandingOrderIsNotSentAgain() {
        var fleet = fleet()
        give(order("c1", .open(forMS: 500)), &fleet)
        #expect(fleet.owed(to: first, "pay", at: 1_499).count == 1)
        #expect(fleet.owed(to: first, "pay", at: 1_500).isEmpty)
    }

    @Test func renewingAStandingOrderDoesNotChangeStandingOrders() {
        var fleet = fleet()
        give(order("c1", .open(forMS: nil)), &fleet)
        var renewal = order("c1~1", .open(forMS: nil), to: "planner@aaaa:pay")
        renewal.standing = "c1"
        #expect(fleet.standingChanges(by: renewal, at: 1_100).isEmpty)
    }

    @Test func keyframeKeepsStandingOrders() {
        var fleet = fleet()
        give(order("c1", .open(forMS: 500)), &fleet)
        give(order("c2", .disable, to: "*:other"), &fleet)
        give(order("c3", .reset, to: "*:other"), &fleet)
        let copy = Fleet(keyframe: fleet.keyframe(at: 1_200))
        #expect(copy.standing == fleet.standing)
        #expect(copy.standing.map(\.order.id) == ["c1"])
    }

    /// Whatever was ordered, a new instance that follows the orders file has what the hub would
    /// send it.
    @Test(arguments: 0..<200) func ordersFileHasWhatTheHubOwesANewInstance(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var fleet = Fleet()
        let agents = ["planner", "eu/planner", "cart"]
        let addresses = ["*", "planner", "eu/*", "eu/planner", "cart"]
        let orders: [Order] = [
            .open(forMS: nil), .open(forMS: 500), .disable, .reset, .enable,
            .setLimit(name: "max_attempts", value: 2), .setLimit(name: "max_attempts", value: nil),
        ]
        for number in 0..<12 {
            let agent = try #require(addresses.randomElement(using: &random))
            let given = try #require(orders.randomElement(using: &random))
            give(order("c\(number)", given, to: "\(agent):pay"), &fleet, at: Int64(number))
        }
        for agent in agents {
            let id = InstanceID(agent: agent, instance: InstanceDigits(repeating: "a"))
            fleet.apply(.agentUp(AgentUp(pid: 1, client: "", intervalMS: 500)), from: id, at: 100)
            let declaration = StrategyDeclaration(
                strategy: "pay", kind: "breaker", can: Action.allCases,
                breaker: BreakerReading(state: .closed, version: 1),
                limits: [LimitReading(name: "max_attempts", value: 3)])
            fleet.apply(.strategy(declaration), from: id, at: 100)
            let own = fleet.agentOrders().filter { $0.matches(agent: agent, strategy: "pay") }
            let breaker = own.last { $0.order == .open(forMS: nil) || $0.order == .disable }
            let limit = own.last { if case .setLimit = $0.order { true } else { false } }
            let owed = Set(fleet.owed(to: id, "pay", at: 200).map(\.order.id))
            #expect(Set([breaker, limit].compactMap { $0?.id }) == owed)
        }
    }

    @Test func endOfAStandingOrderNeedsNoConnectedInstance() {
        var fleet = Fleet()
        give(order("c1", .open(forMS: nil)), &fleet)
        for end in [Order.reset, .enable, .halfOpen] {
            #expect(
                fleet.reach(of: order("c2", end), holdsLater: false)
                    == .standing(detail: "covers none now; 1 standing order ended"))
        }
        #expect(
            fleet.reach(of: order("c2", .reset, to: "planner@aaaa:pay"), holdsLater: false)
                == .standing(detail: "covers none now; excepted from a standing order"))
        #expect(
            fleet.reach(of: order("c2", .reset, to: "cart:pay"), holdsLater: true)
                == .nothing(detail: "no agents are connected"))
    }

    @Test func orderForAgentsToComeNeedsConsent() {
        let fleet = fleet()
        let open = order("c1", .open(forMS: nil), to: "planer:pay")
        #expect(
            fleet.reach(of: open, holdsLater: false)
                == .nothing(detail: "no such agent or strategy; there are: planner:pay"))
        #expect(
            fleet.reach(of: open, holdsLater: true)
                == .standing(detail: "covers none now; holds for agents to come"))
        // A single instance is new at each start, so no order can wait for it.
        let one = order("c1", .open(forMS: nil), to: "planner@cccc:pay")
        guard case .nothing = fleet.reach(of: one, holdsLater: true) else {
            Issue.record("an order waits for an instance")
            return
        }
    }
}
