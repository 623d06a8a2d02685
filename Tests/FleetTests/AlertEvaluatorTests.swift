import Fleet
import ResilienceWire
import Testing

@Suite struct AlertEvaluatorTests {
    func rule(
        forMS: Int64 = 0, repeatMS: Int64? = nil, match: String = "*", command: String? = "page"
    ) -> AlertRule {
        AlertRule(
            name: "open", condition: .breakerOpen, forMS: forMS, repeatMS: repeatMS,
            match: AddressPattern(match), command: command)
    }

    @Test func alertFiresOnceAndIsResolvedOnceUnderOneID() {
        var scene = AlertScene(rule())
        scene.breaker(.open)
        var actions = scene.pass(300)
        #expect(actions.told == ["fires planner:pay"])
        scene.breaker(.closed)
        actions += scene.pass(300)
        #expect(actions.told == ["fires planner:pay", "over planner:pay"])
        #expect(actions.runs == [true, false])
        #expect(actions.ids.count == 1)
        #expect(actions.details == ["open: 5 consecutive failures", "no breaker is open"])
        scene.breaker(.open)
        #expect(scene.pass(1).ids.isDisjoint(with: actions.ids))
    }

    /// The others fire as soon as there is room, and one alert tells of them until then.
    @Test func alertsOfARuleAreLimitedInNumber() {
        var scene = AlertScene(rule())
        let ids = (0..<1_200).map {
            InstanceID(agent: "agent\($0 + 1_000)", instance: InstanceDigits(UInt128($0)))
        }
        for id in ids {
            scene.connect(id)
            scene.breaker(.open, from: id)
        }
        let told = scene.pass(2).told
        #expect(told.count == 1_001)
        #expect(told.last == "fires hub")
        #expect(scene.fleet.alerts.last?.alert.detail.hasPrefix("fires for more than") == true)
        for id in ids[..<150] { scene.breaker(.closed, from: id) }
        let first = scene.pass(20).told
        #expect(first.count { $0.hasPrefix("over ") } == 150)
        #expect(first.count { $0.hasPrefix("fires ") } == 150)
        for id in ids[150..<200] { scene.breaker(.closed, from: id) }
        #expect(scene.pass(20).told.contains("over hub"))
        #expect(scene.fleet.alerts.count == 1_000)
    }

    @Test func alertFiresAfterItsConditionHeldForTheWholeTime() {
        var scene = AlertScene(rule(forMS: 30_000))
        scene.breaker(.open)
        #expect(scene.pass(30).isEmpty)
        scene.breaker(.closed)
        #expect(scene.pass(1).isEmpty)
        scene.breaker(.open)
        #expect(scene.pass(30).isEmpty)
        #expect(scene.pass(1).told == ["fires planner:pay"])
    }

    @Test func alertIsPublishedAgainAfterEachRepeat() {
        var scene = AlertScene(rule(repeatMS: 60_000))
        scene.breaker(.open)
        let actions = scene.pass(121)
        #expect(actions.told == Array(repeating: "fires planner:pay", count: 3))
        #expect(actions.runs == [true, true, true])
        #expect(actions.ids.count == 1)
        #expect(scene.fleet.alerts.map(\.since) == [scene.now - 120_000])
    }

    @Test func flappingConditionNeitherEndsNorFiresAgain() {
        var scene = AlertScene(rule())
        scene.breaker(.open)
        var actions = scene.pass(1)
        for _ in 0..<20 {
            scene.breaker(.closed)
            actions += scene.pass(9)
            scene.breaker(.open)
            actions += scene.pass(1)
        }
        #expect(actions.told == ["fires planner:pay"])
        scene.breaker(.closed)
        #expect(scene.pass(9).isEmpty)
        #expect(scene.pass(1).told == ["over planner:pay"])
    }

    @Test func restartedHubPublishesOnlyTheEndOfAnEarlierAlert() throws {
        var scene = AlertScene(rule())
        scene.breaker(.open)
        let fired = scene.pass(1)
        let kept = try #require(scene.evaluator.told(of: scene.fleet.alerts).first)

        var next = AlertScene(rule())
        next.breaker(.closed)
        let isGoneOnWith = next.evaluator.recall(kept.alert, at: next.now)
        #expect(isGoneOnWith)
        // The agent reconnects late, in the same state as before.
        #expect(next.pass(50).isEmpty)
        next.breaker(.open)
        #expect(next.pass(100).isEmpty)
        next.breaker(.closed)
        let ended = next.pass(60)
        #expect(ended.told == ["over planner:pay"])
        #expect(ended.runs == [false])
        #expect(ended.ids == fired.ids)
    }

    @Test func restartedHubEndsAnAlertThatNoLongerHolds() throws {
        var scene = AlertScene(rule())
        scene.breaker(.open)
        _ = scene.pass(1)
        let kept = try #require(scene.evaluator.told(of: scene.fleet.alerts).first)
        var next = AlertScene(rule())
        let isGoneOnWith = next.evaluator.recall(kept.alert, at: next.now)
        #expect(isGoneOnWith)
        #expect(next.pass(70).isEmpty)
        #expect(next.pass(1).told == ["over planner:pay"])
        var other = AlertEvaluator(AlertRules([]))
        let hasRule = other.recall(kept.alert, at: next.now)
        #expect(!hasRule)
    }

    /// A restarted hub that continues an alert about an agent that is not connected yet.
    func restarted() throws -> AlertScene {
        var scene = AlertScene(rule())
        scene.breaker(.open)
        _ = scene.pass(1)
        let kept = try #require(scene.evaluator.told(of: scene.fleet.alerts).first)
        var next = AlertScene(rule())
        next.fleet = Fleet()
        _ = next.evaluator.recall(kept.alert, at: next.now)
        next.fleet.apply(kept.line)
        return next
    }

    @Test func restartedHubKeepsAnAlertWhileItsAgentIsUnknown() throws {
        var next = try restarted()
        let actions = next.pass(599)
        #expect(actions.told == ["fires planner:pay"])
        #expect(actions.details == ["not heard of since the hub's restart"])
        #expect(actions.runs.isEmpty)
        #expect(next.fleet.alerts.count == 1)
        // 600 s is the time for which a gone agent is kept.
        let end = next.pass(1)
        #expect(end.told == ["over planner:pay"])
        #expect(end.details == ["not heard of since the hub's restart"])
        #expect(end.runs == [false])
        #expect(next.fleet.alerts.isEmpty)
    }

    @Test func lateReturningAgentDoesNotRunTheCommandAgain() throws {
        var next = try restarted()
        _ = next.pass(300)
        next.connect(AlertScene.first)
        next.breaker(.open)
        let back = next.pass(30)
        #expect(back.details == ["open: 5 consecutive failures"])
        #expect(back.runs.isEmpty)
        next.breaker(.closed)
        #expect(next.pass(10).runs == [false])
    }

    @Test func healthyReturningAgentEndsTheAlertAfterAMinute() throws {
        var next = try restarted()
        _ = next.pass(300)
        next.connect(AlertScene.first)
        #expect(next.pass(70).isEmpty)
        let end = next.pass(1)
        #expect(end.details == ["no breaker is open"])
        #expect(end.runs == [false])
    }

    @Test func unpublishedAlertIsNotKeptForTheNextHub() {
        let silence = AlertSilence(match: .all, until: .max, reason: "deploy")
        var scene = AlertScene(rule(), silences: [silence])
        scene.breaker(.open)
        _ = scene.pass(1)
        #expect(scene.fleet.alerts.count == 1)
        #expect(scene.evaluator.told(of: scene.fleet.alerts).isEmpty)
    }

    @Test func silencedAlertIsListedAndFiresWhenTheSilenceEnds() {
        let until: Int64 = 1_790_000_060_000
        let silence = AlertSilence(
            match: AddressPattern("plan*:pay"), until: until, reason: "deploy")
        var scene = AlertScene(rule(), silences: [silence])
        scene.breaker(.open)
        var actions = scene.pass(59)
        #expect(actions.told == ["silenced planner:pay"])
        #expect(actions.runs.isEmpty)
        #expect(
            scene.fleet.alerts.map(\.alert.silence)
                == [Alert.Silence(until: until, reason: "deploy")])
        actions += scene.pass(1)
        #expect(actions.told == ["silenced planner:pay", "fires planner:pay"])
        #expect(actions.runs == [true])
        #expect(actions.ids.count == 1)
        #expect(scene.fleet.alerts.map(\.alert.silence) == [nil])
    }

    @Test func endOfASilencedAlertRunsNoCommand() {
        let silence = AlertSilence(match: .all, until: .max, reason: "deploy")
        var scene = AlertScene(rule(), silences: [silence])
        scene.breaker(.open)
        var actions = scene.pass(5)
        scene.breaker(.closed)
        actions += scene.pass(60)
        #expect(actions.told == ["silenced planner:pay", "over planner:pay"])
        #expect(actions.runs.isEmpty)
        #expect(scene.fleet.alerts.isEmpty)
    }

    @Test func laterSilenceStopsRepeatsButNotTheEnd() {
        let rule = rule(repeatMS: 10_000)
        var scene = AlertScene(rule)
        scene.breaker(.open)
        var actions = scene.pass(1)
        let silence = AlertSilence(match: .all, until: .max, reason: "known")
        #expect(scene.evaluator.adopt(AlertRules([rule], silences: [silence])).isEmpty)
        actions += scene.pass(60)
        scene.breaker(.closed)
        actions += scene.pass(60)
        #expect(
            actions.told == ["fires planner:pay", "silenced planner:pay", "over planner:pay"])
        #expect(actions.runs == [true, false])
    }

    @Test func ruleCoversOnlyMatchingAddresses() {
        for (match, isMatched) in [
            ("*", true), ("planner", true), ("planner:*", true), ("*:pay", true),
            ("pl*er:p*", true),
            ("planner:pay", true), ("plan", false), ("planner:pa", false), ("*x*:pay", false),
            ("planner:pay*y", false), ("**r:*p*a*y*", true),
        ] {
            var scene = AlertScene(rule(match: match))
            scene.breaker(.open)
            #expect(scene.pass(1).isEmpty != isMatched, "\(match)")
        }
    }

    @Test func ruleWithoutACommandRunsNothing() {
        var scene = AlertScene(rule(command: nil))
        scene.breaker(.open)
        #expect(scene.pass(1).count == 1)
    }

    @Test func newRulesEndOnlyTheAlertsOfRemovedRules() {
        var scene = AlertScene(rule())
        scene.breaker(.open)
        #expect(scene.pass(1).count == 2)
        #expect(scene.evaluator.adopt(AlertRules([rule(match: "planner")])).isEmpty)
        #expect(scene.pass(5).isEmpty)
        #expect(scene.evaluator.adopt(AlertRules([rule(match: "other")])).isEmpty)
        #expect(scene.pass(10).details == ["the rule no longer applies to it"])
        #expect(scene.evaluator.adopt(AlertRules([rule()])).isEmpty)
        #expect(scene.pass(1).told == ["fires planner:pay"])
        let end = scene.evaluator.adopt(AlertRules([]))
        #expect(end.told == ["over planner:pay"])
        #expect(end.runs == [false])
        #expect(scene.pass(5).isEmpty)
    }

    @Test func keyframeKeepsFiringAlertsThatLeftTheJournal() {
        var scene = AlertScene(rule())
        scene.breaker(.open)
        _ = scene.pass(1)
        for hasFallenOut in [false, true] {
            if hasFallenOut {
                for _ in 0...Fleet.journalLimit { scene.apply(.clock(jumpMS: 2_000)) }
            }
            let copy = Fleet(keyframe: scene.fleet.keyframe(at: scene.now))
            #expect(copy.alerts == scene.fleet.alerts)
            #expect(copy.alerts.map(\.alert.about) == ["planner:pay"])
            if !hasFallenOut { #expect(copy.journal == scene.fleet.journal) }
        }
        scene.breaker(.closed)
        _ = scene.pass(10)
        let copy = Fleet(keyframe: scene.fleet.keyframe(at: scene.now))
        #expect(copy.alerts.isEmpty)
    }

    /// The last rule never holds, but its bound makes the evaluator look at every strategy.
    @Test(arguments: 0..<8)
    func strategiesThatAreLeftOutRaiseNoAlert(seed: Int) {
        let rules = [
            AlertRule(name: "open", condition: .breakerOpen),
            AlertRule(name: "served", condition: .servedBelow(share: 0.9, minCalls: 5)),
            AlertRule(name: "tries", condition: .amplificationAbove(attempts: 1.2, minCalls: 5)),
            AlertRule(name: "budget", condition: .budgetBelow(share: 0.5), forMS: 10_000),
            AlertRule(name: "waiting", condition: .waitingLonger(than: 1_000)),
            AlertRule(name: "flapping", condition: .flapping),
            AlertRule(name: "gone", condition: .agentGone),
        ]
        let never = AlertRule(
            name: "never", condition: .amplificationAbove(attempts: 0.5, minCalls: .max))
        var scoped = AlertEvaluator(AlertRules(rules))
        var whole = AlertEvaluator(AlertRules(rules + [never]))
        var history = RandomHistory(seed: UInt64(seed))
        var fleet = Fleet()
        var count = 0
        for _ in 0..<3_000 {
            fleet.apply(history.next())
            let actions = scoped.evaluate(fleet, now: fleet.at)
            #expect(actions == whole.evaluate(fleet, now: fleet.at))
            count += actions.count
        }
        #expect(count > 50)
    }
}
