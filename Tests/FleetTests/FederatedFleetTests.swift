import ResilienceWire
import TestSupport
import Testing

@testable import Fleet

@Suite struct FederatedFleetTests {
    let planner = InstanceID(agent: "planner", instance: InstanceDigits(repeating: "a"))
    let router = InstanceID(agent: "router", instance: InstanceDigits(repeating: "b"))

    /// The keyframe of a hub that has one agent, with the strategy `pay` and those in `and`.
    func keyframe(_ id: InstanceID, and strategies: [String] = []) -> [Line] {
        var fleet = Fleet()
        fleet.apply(.agentUp(AgentUp(pid: 1, client: "", intervalMS: 500)), from: id, at: 1_000)
        for name in ["pay"] + strategies {
            let declaration = StrategyDeclaration(
                strategy: name, kind: "breaker", can: Action.allCases,
                breaker: BreakerReading(state: .closed, version: 1))
            fleet.apply(.strategy(declaration), from: id, at: 1_000)
        }
        let order = StandingOrder(id: "s1", address: "*:pay", order: .disable)
        fleet.apply(.standing(order), from: nil, at: 1_500)
        fleet.apply(
            .alert(Alert(id: "1", rule: "r", firing: true, about: "\(id.agent):pay", detail: "")),
            from: nil, at: 1_600)
        return Array(fleet.keyframe(at: 2_000))
    }

    func trip(_ id: InstanceID, version: Int) -> Line {
        let change = BreakerChange(
            strategy: "pay", version: version, from: .closed, to: .open, by: .policy)
        return Line(at: 3_000 + Int64(version), source: id, .breaker(change))
    }

    /// A merged stream of two hubs that have both sent their state.
    func both() -> (FederatedFleet, StreamedFleet) {
        var federated = FederatedFleet(["eu", "us"])
        var shown = StreamedFleet()
        let lines =
            federated.take(keyframe(planner), from: 0) + federated.take(keyframe(router), from: 1)
        for line in lines { shown.take(line) }
        return (federated, shown)
    }

    @Test func mergedStreamStartsWhenEveryHubHasSentItsState() {
        var federated = FederatedFleet(["eu", "us"])
        #expect(federated.take(keyframe(planner) + [trip(planner, version: 2)], from: 0).isEmpty)
        let (_, shown) = both()
        #expect(shown.fleet.agents.keys.map(\.agent).sorted() == ["eu/planner", "us/router"])
        #expect(shown.fleet.standing.map(\.order.address) == ["eu/*:pay", "us/*:pay"])
        #expect(shown.fleet.alerts.map(\.alert.about) == ["eu/planner:pay", "us/router:pay"])
    }

    @Test(arguments: [0, 1_234, -1_000_000] as [Int64])
    func hubThatSendsItsHistoryApartIsShownWithIt(behind: Int64) throws {
        var hub = Fleet(keyframe: keyframe(planner))
        var counters = Counters()
        counters.ok = 7
        for at in [1_980_000, 1_985_000, 1_999_000] as [Int64] {
            let delta = Delta(
                strategy: "pay", sequence: Int(at), spanMS: 500, counters: counters)
            hub.apply(.delta(delta), from: planner, at: at)
        }
        let skewed = abs(behind) >= FederatedFleet.skewMS
        var federated = FederatedFleet(["eu"])
        let lines = Array(hub.keyframe(at: 2_000_000, hasHistory: true))
        #expect(federated.take(lines.dropLast(), from: 0, at: 2_000_000 + behind).isEmpty)
        let shown = Fleet(keyframe: federated.take(lines.suffix(1), from: 0))
        let windows = [hub, shown].compactMap { fleet in
            fleet.agents.values.first?.strategies["pay"]?.window
        }
        #expect(windows[1].slots.map(\.counters.ok) == [7, 7, 7])
        let moved = skewed ? behind : 0
        #expect(
            windows[1].slots.map(\.start)
                == windows[0].slots.map { Window.start(of: $0.start + moved) })
    }

    @Test func eventsCarryTheHubsName() {
        var (federated, shown) = both()
        let lines = federated.take([trip(router, version: 2)], from: 1)
        for line in lines { shown.take(line) }
        #expect(lines.map { $0.source?.agent } == ["us/router"])
        #expect(
            shown.fleet.agents[router.namespaced(by: "us")]?.strategies["pay"]?.breaker?.state
                == .open)
    }

    @Test func agentsOfTheSameNameStaySeparateByHub() {
        var federated = FederatedFleet(["eu", "us"])
        var shown = StreamedFleet()
        let lines =
            federated.take(keyframe(planner), from: 0)
            + federated.take(keyframe(planner), from: 1)
            + federated.take([trip(planner, version: 2)], from: 1)
        for line in lines { shown.take(line) }
        #expect(shown.fleet.agents.count == 2)
        #expect(
            shown.fleet.agents[planner.namespaced(by: "eu")]?.strategies["pay"]?.breaker?.state
                == .closed
        )
        #expect(
            shown.fleet.agents[planner.namespaced(by: "us")]?.strategies["pay"]?.breaker?.state
                == .open)
    }

    @Test func agentsOfALostHubAreStaleUntilItsNextKeyframe() {
        var (federated, shown) = both()
        for line in federated.lose(1) { shown.take(line) }
        #expect(federated.lost == ["us"])
        #expect(shown.fleet.agents[router.namespaced(by: "us")]?.state == .stale)
        #expect(shown.fleet.agents[planner.namespaced(by: "eu")]?.state == .up)
        for line in federated.take(keyframe(router), from: 1) { shown.take(line) }
        #expect(federated.lost.isEmpty)
        #expect(shown.fleet.agents.values.allSatisfy { $0.state == .up })
    }

    @Test func hubThatNeverAnswersDoesNotDelayOthers() {
        var federated = FederatedFleet(["eu", "us"])
        #expect(federated.lose(1).isEmpty)
        var shown = StreamedFleet()
        for line in federated.take(keyframe(planner), from: 0) { shown.take(line) }
        #expect(shown.fleet.agents.count == 1)
    }

    @Test func lateHubDoesNotDelayOthersAndIsShownAfterItsKeyframe() {
        var federated = FederatedFleet(["eu", "us", "ap"])
        var shown = StreamedFleet()
        let late = keyframe(router)
        var lines = federated.take(keyframe(planner), from: 0)
        lines += federated.take(Array(late.prefix(2)), from: 1)
        #expect(lines.isEmpty)
        let given = federated.giveUpWaiting()
        #expect(given.late == [1, 2])
        for line in given.lines { shown.take(line) }
        #expect(shown.fleet.agents.keys.map(\.agent) == ["eu/planner"])
        // The late hub is neither lost nor followed.
        #expect(federated.lost.isEmpty)
        let routing = federated.route(
            OperatorCommand(id: "c", address: "us/router:pay", order: .reset))
        #expect(
            routing.lines.map(\.message).contains(
                .commandStatus(
                    CommandStatus(
                        id: "c", status: .noAgent, detail: "hub us has not answered yet"))))
        // Half of its keyframe had arrived by then.
        for line in federated.take(Array(late.dropFirst(2)), from: 1) { shown.take(line) }
        #expect(shown.fleet.agents.count == 2)
        #expect(federated.giveUpWaiting().late.isEmpty)
        #expect(federated.giveUpWaiting().lines.isEmpty)
    }

    @Test func firstLateHubIsShownWhenAllHubsAreLate() {
        var federated = FederatedFleet(["eu", "us"])
        #expect(federated.giveUpWaiting().lines.isEmpty)
        #expect(!federated.take(keyframe(planner), from: 0).isEmpty)
    }

    @Test func incompleteKeyframeIsNotShown() {
        var (federated, shown) = both()
        let again = keyframe(router)
        #expect(federated.take(Array(again.prefix(2)), from: 1).isEmpty)
        // The other hub sends a keyframe meanwhile. The state of this hub stays the earlier one.
        for line in federated.take(keyframe(planner), from: 0) { shown.take(line) }
        #expect(
            shown.fleet.agents[router.namespaced(by: "us")]?.strategies.keys.sorted() == ["pay"])
        for line in federated.take(Array(again.dropFirst(2)), from: 1) { shown.take(line) }
        #expect(
            shown.fleet.agents[router.namespaced(by: "us")]?.strategies.keys.sorted() == ["pay"])
    }

    @Test func commandGoesToTheHubInItsAddress() {
        var (federated, _) = both()
        func routes(_ address: String) -> [String] {
            federated.route(
                OperatorCommand(id: address, address: Address(lenient: address), order: .reset)
            )
            .routes.map { "\($0.hub) \($0.command.address)" }
        }
        #expect(routes("us/router:pay") == ["1 router:pay"])
        #expect(routes("eu/*:pay") == ["0 *:pay"])
        #expect(routes("*:pay") == ["0 *:pay", "1 *:pay"])
        #expect(routes("router:pay") == [])
        #expect(routes("*:geo") == [])
    }

    @Test func commandForAllGoesOnlyToHubsWithTheStrategy() {
        var federated = FederatedFleet(["eu", "us"])
        _ = federated.take(keyframe(planner), from: 0)
        _ = federated.take(keyframe(router, and: ["geo"]), from: 1)
        let routes = federated.route(
            OperatorCommand(id: "c", address: "*:geo", order: .reset))
        #expect(routes.routes.map(\.hub) == [1])
        #expect(routes.lines.isEmpty)
    }

    @Test func commandAtSeveralHubsEndsWithTheLastHub() {
        var (federated, _) = both()
        let command = OperatorCommand(id: "c", address: "*:pay", order: .reset)
        #expect(federated.route(command).routes.count == 2)
        func done(_ hub: Int) -> [StreamMessage] {
            let end = CommandDone(id: "c", acked: 2, failed: 1)
            return federated.take([Line(at: 9_000, .commandDone(end))], from: hub).map(\.message)
        }
        #expect(done(0) == [])
        #expect(done(1) == [.commandDone(CommandDone(id: "c", acked: 4, failed: 2))])
    }

    @Test func hubLostDuringACommandCountsAsFailed() {
        var (federated, shown) = both()
        _ = federated.route(OperatorCommand(id: "c", address: "*:pay", order: .reset))
        let end = CommandDone(id: "c", acked: 1, failed: 0)
        #expect(federated.take([Line(at: 9_000, .commandDone(end))], from: 0).isEmpty)
        let all = StreamMessage.commandDone(CommandDone(id: "c", acked: 1, failed: 1))
        #expect(federated.lose(1).map(\.message).last == all)
        // A keyframe contains the command's end at all hubs, not the end at the first hub.
        for line in federated.take(keyframe(router), from: 1) { shown.take(line) }
        #expect(
            shown.fleet.journal.map(\.message).filter {
                if case .commandDone = $0 { true } else { false }
            } == [all])
    }

    @Test func lostHubAppearsInTheOutcomeOfACommandForAll() {
        var (federated, _) = both()
        _ = federated.lose(1)
        let routing = federated.route(
            OperatorCommand(id: "c", address: "*:pay", order: .reset))
        #expect(routing.routes.map(\.hub) == [0])
        #expect(
            routing.lines.map(\.message) == [
                .commandStatus(
                    CommandStatus(id: "c", status: .noAgent, detail: "hub us is not connected"))
            ])
        let end = CommandDone(id: "c", acked: 2, failed: 0)
        #expect(
            federated.take([Line(at: 9_000, .commandDone(end))], from: 0).map(\.message)
                == [.commandDone(CommandDone(id: "c", acked: 2, failed: 1))])
        // A strategy that the lost hub did not have has no agent there.
        #expect(
            federated.route(OperatorCommand(id: "d", address: "*:geo", order: .reset)).lines
                .map(\.message).last == .commandDone(CommandDone(id: "d", acked: 0, failed: 1)))
    }

    @Test(arguments: ["us/router:pay", "us/*:geo", "nobody:pay"])
    func commandWithoutAConnectedTargetEndsAtOnce(address: String) {
        var (federated, shown) = both()
        _ = federated.lose(1)
        let command = OperatorCommand(id: "c", address: Address(lenient: address), order: .reset)
        let routing = federated.route(command)
        #expect(routing.routes.isEmpty)
        #expect(routing.lines.first?.message == .command(StreamCommand(command)))
        #expect(
            routing.lines.last?.message
                == .commandDone(CommandDone(id: "c", acked: 0, failed: 1)))
        // The command is still ended after a keyframe replaces all earlier lines.
        for line in federated.take(keyframe(planner), from: 0) { shown.take(line) }
        #expect(shown.fleet.journal.suffix(3) == routing.lines.suffix(3))
    }

    @Test func hubWithoutAKeyframeIsReportedForACommandForAll() {
        var federated = FederatedFleet(["eu", "us"])
        _ = federated.take(keyframe(planner), from: 0)
        _ = federated.lose(1)
        let routing = federated.route(
            OperatorCommand(id: "c", address: "*:pay", order: .reset))
        #expect(routing.routes.map(\.hub) == [0])
        #expect(routing.lines.count == 1)
    }

    @Test func commandAtOneLostHubEnds() {
        var (federated, _) = both()
        _ = federated.route(OperatorCommand(id: "c", address: "us/*:pay", order: .reset))
        #expect(
            federated.lose(1).map(\.message).last
                == .commandDone(CommandDone(id: "c", acked: 0, failed: 1)))
    }

    @Test func commandEndsThroughTheJournalOfAKeyframe() {
        var (federated, shown) = both()
        _ = federated.route(OperatorCommand(id: "c", address: "eu/*:pay", order: .reset))
        var fleet = Fleet(keyframe: keyframe(planner))
        fleet.apply(.commandDone(CommandDone(id: "c", acked: 1, failed: 0)), from: nil, at: 2_500)
        let lines = federated.take(Array(fleet.keyframe(at: 3_000)), from: 0)
        for line in lines { shown.take(line) }
        let end = StreamMessage.commandDone(CommandDone(id: "c", acked: 1, failed: 0))
        #expect(shown.fleet.journal.map(\.message).count { $0 == end } == 1)
        #expect(federated.lose(0).allSatisfy { $0.message != end })
    }

    @Test func outcomesWithoutInstanceNameTheirHub() {
        var (federated, _) = both()
        let late = StreamMessage.commandStatus(
            CommandStatus(id: "c", status: .timedOut, detail: "too late"))
        let told = [0, 1].flatMap { federated.take([Line(at: 9_000, late)], from: $0) }
        #expect(
            told.map(\.message) == [
                .commandStatus(CommandStatus(id: "c", status: .timedOut, detail: "eu: too late")),
                .commandStatus(CommandStatus(id: "c", status: .timedOut, detail: "us: too late")),
            ])
    }

    @Test func timesOfAHubWithAWrongClockAreCorrected() {
        var federated = FederatedFleet(["eu", "us"])
        var shown = StreamedFleet()
        // Both hubs send a keyframe of time 2,000 by their own clocks, ten minutes apart.
        let now: Int64 = 602_000
        _ = federated.take(keyframe(planner), from: 0, at: 2_500)
        let lines = federated.take(keyframe(router), from: 1, at: now)
        for line in lines { shown.take(line) }
        #expect(federated.skewed.map(\.name) == ["us"])
        #expect(federated.skewed.map(\.behind) == [600_000])
        #expect(shown.fleet.at == now)
        #expect(shown.fleet.standing.map(\.at) == [1_500, 601_500])
        #expect(shown.fleet.agents[router.namespaced(by: "us")]?.since == 601_000)
        let told = federated.take([trip(router, version: 2)], from: 1, at: now + 9_000)
        #expect(told.map(\.at) == [603_002])
        // A keyframe with a longer network delay does not change earlier times.
        let later = federated.take(keyframe(router), from: 1, at: now + 1_900)
        #expect(later.first?.at == now)
        // After the clock is corrected, the hub is no longer listed.
        _ = federated.take(keyframe(router), from: 1, at: 2_100)
        #expect(federated.skewed.isEmpty)
    }

    @Test func futureTimesAreCorrectedAndStayInRange() {
        let order = StandingOrder(id: "s", address: "*:pay", order: .disable, until: 5_000)
        let line = Line(at: 1_000, .standing(order))
        let later = line.later(by: 600_000)
        #expect(later.at == 601_000)
        guard case .standing(let moved) = later.message else {
            Issue.record("not the order: \(later)")
            return
        }
        #expect(moved.until == 605_000)
        #expect(line.later(by: -9_000).at == 0)
        #expect(line.later(by: .max).at == WireLimits.count)
    }

    @Test func keyframeAfterAnOutageHasTheMissedEvents() {
        var (federated, shown) = both()
        for line in federated.lose(1) { shown.take(line) }
        for line in federated.take([trip(planner, version: 9)], from: 0) { shown.take(line) }
        let known = shown.fleet
        // The breaker tripped before the last line shown.
        var us = Fleet(keyframe: keyframe(router))
        us.apply(trip(router, version: 2))
        for line in federated.take(Array(us.keyframe(at: 4_000)), from: 1) { shown.take(line) }
        #expect(shown.fleet.news(since: known) == [trip(router.namespaced(by: "us"), version: 2)])
        #expect(shown.fleet.news(since: shown.fleet).isEmpty)
    }

    @Test func agentsOfASilentHubAreStaleUntilItIsHeardAgain() {
        var (federated, shown) = both()
        func states(_ fleet: Fleet) -> [String: AgentState] {
            Dictionary(uniqueKeysWithValues: fleet.agents.values.map { ($0.id.agent, $0.state) })
        }
        for line in federated.silence(1) { shown.take(line) }
        #expect(states(shown.fleet) == ["eu/planner": .up, "us/router": .stale])
        #expect(federated.silence(1).isEmpty)
        // The other hub continues, and a new keyframe has the same states.
        for line in federated.take([trip(planner, version: 9)], from: 0) { shown.take(line) }
        for line in federated.take(keyframe(planner), from: 0) { shown.take(line) }
        #expect(states(shown.fleet) == ["eu/planner": .up, "us/router": .stale])
        let order = OperatorCommand(id: "c", address: "us/router:pay", order: .reset)
        #expect(federated.route(order).routes.isEmpty)
        // Any line of the hub ends the silence.
        for line in federated.take([trip(router, version: 2)], from: 1) { shown.take(line) }
        #expect(states(shown.fleet) == ["eu/planner": .up, "us/router": .up])
        #expect(federated.hear(1).isEmpty)
        #expect(federated.route(order).routes.count == 1)
    }

    @Test func mergedStreamEqualsTheJoinedFleets() {
        var (federated, shown) = both()
        let hubs = [planner, router]
        var own = hubs.map { Fleet(keyframe: keyframe($0)) }
        for version in 2..<40 {
            let hub = version % 3 == 0 ? 0 : 1
            let line = trip(hubs[hub], version: version)
            own[hub].apply(line)
            for line in federated.take([line], from: hub) { shown.take(line) }
            #expect(shown.fleet == Fleet(joining: [("eu", own[0]), ("us", own[1])]))
        }
    }
}
