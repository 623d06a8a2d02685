import Fleet
import ResilienceWire
import TestSupport
import Testing

@Suite struct AlertConditionTests {
    func scene(_ condition: AlertRule.Condition) -> AlertScene {
        AlertScene(AlertRule(name: "rule", condition: condition))
    }

    @Test func halfOpenBreakerCountsAsOpen() {
        var scene = scene(.breakerOpen)
        scene.breaker(.halfOpen)
        #expect(scene.pass(1).told == ["fires planner:pay"])
    }

    @Test func operatorOrdersRaiseNoAlert() {
        var scene = scene(.breakerOpen)
        scene.breaker(.forcedOpen)
        #expect(scene.pass(1).isEmpty)
        scene.breaker(.disabled)
        #expect(scene.pass(1).isEmpty)
    }

    @Test func instancesOfAnAgentShareOneAlert() {
        var scene = scene(.breakerOpen)
        scene.connect(AlertScene.second)
        scene.breaker(.open)
        #expect(scene.pass(1).details == ["open at 1 of 2 instances: 5 consecutive failures"])
        scene.breaker(.open, from: AlertScene.second)
        scene.breaker(.closed)
        #expect(scene.pass(30).isEmpty)
        scene.breaker(.closed, from: AlertScene.second)
        #expect(scene.pass(10).told == ["over planner:pay"])
    }

    @Test func goneAgentEndsTheAlertsOfItsStrategies() {
        var scene = scene(.breakerOpen)
        scene.breaker(.open)
        _ = scene.pass(1)
        scene.apply(.agentStale)
        #expect(scene.pass(30).isEmpty)
        scene.apply(.agentGone(why: "killed"))
        #expect(scene.pass(10).details == ["no longer reported"])
    }

    @Test func servedBelowNeedsEnoughCalls() {
        var scene = scene(.servedBelow(share: 0.5, minCalls: 20))
        scene.count {
            $0.ok = 3; $0.failed = 6; $0.rejected = 10
        }
        #expect(scene.pass(1).isEmpty)
        scene.count { $0.rejected = 1 }
        #expect(scene.pass(1).details == ["15% of 20 calls served in the last minute"])
        // After a minute there are no calls left in the period.
        let end = scene.pass(90)
        #expect(end.told == ["over planner:pay"])
        #expect(end.details == ["no calls in the last minute"])
    }

    @Test func servedRateAtTheThresholdRaisesNoAlert() {
        var scene = scene(.servedBelow(share: 0.5, minCalls: 20))
        scene.count {
            $0.ok = 10; $0.failed = 10
        }
        #expect(scene.pass(1).isEmpty)
    }

    @Test func amplificationNeedsEnoughCallsThatRan() {
        var scene = scene(.amplificationAbove(attempts: 2.5, minCalls: 20))
        scene.count {
            $0.ok = 19; $0.rejected = 50; $0.attempts = 57
        }
        #expect(scene.pass(1).isEmpty)
        scene.count {
            $0.failed = 1; $0.attempts = 3
        }
        #expect(
            scene.pass(1).details == ["3 attempts a call over 20 calls in the last minute"])
    }

    @Test func smallestRetryBudgetCounts() {
        var scene = scene(.budgetBelow(share: 0.05))
        scene.connect(AlertScene.second)
        scene.count {
            $0.ok = 1; $0.budget = BudgetCounters(remaining: 0.05, denied: 0)
        }
        #expect(scene.pass(1).isEmpty)
        scene.count(
            {
                $0.ok = 1; $0.budget = BudgetCounters(remaining: 0.049, denied: 3)
            },
            from: AlertScene.second)
        #expect(scene.pass(1).details == ["4.9% of the retry budget is left"])
        scene.count(
            {
                $0.ok = 1; $0.budget = BudgetCounters(remaining: 1, denied: 0)
            },
            from: AlertScene.second)
        #expect(scene.pass(10).told == ["over planner:pay"])
    }

    @Test func oldestCallInFlightCounts() {
        var scene = scene(.waitingLonger(than: 60_000))
        scene.count {
            $0.inFlight = 1; $0.oldestMS = 60_000
        }
        #expect(scene.pass(1).isEmpty)
        scene.count {
            $0.inFlight = 1; $0.oldestMS = 61_000
        }
        #expect(scene.pass(1).details == ["the oldest call waits for 1m01s"])
        scene.count { $0.ok = 1 }
        #expect(scene.pass(10).details == ["no call is under way"])
    }

    @Test func silentAgentIsStaleUntilItIsHeardAgain() {
        var scene = scene(.agentStale)
        scene.connect(AlertScene.second)
        scene.apply(.agentStale)
        #expect(scene.pass(1).details == ["silent at 1 of 2 instances"])
        scene.connect(AlertScene.first)
        #expect(scene.pass(10).told == ["over planner"])
    }

    @Test func flappingAlertEndsAfterFiveMinutesWithoutAnOpening() {
        var scene = scene(.flapping)
        for _ in 0..<2 {
            scene.breaker(.open)
            #expect(scene.pass(5).isEmpty)
            scene.breaker(.closed)
            #expect(scene.pass(5).isEmpty)
        }
        scene.breaker(.open)
        #expect(scene.pass(1).details == ["opened 3 times in 5 minutes, open 3.6% of them"])
        scene.breaker(.closed)
        #expect(scene.pass(298).isEmpty)
        #expect(scene.pass(12).told == ["over planner:pay"])
    }

    @Test func agentThatSaysByeRaisesNoAlert() {
        for why in ["said bye", "connected again"] {
            var scene = scene(.agentGone)
            scene.apply(.agentGone(why: why))
            #expect(scene.pass(5).isEmpty)
        }
    }

    @Test func agentGoneWithoutByeIsMissingUntilItIsReplaced() {
        var scene = scene(.agentGone)
        scene.connect(AlertScene.second)
        _ = scene.pass(1)
        scene.apply(.agentGone(why: "killed"))
        scene.apply(.agentGone(why: "killed too"), from: AlertScene.second)
        #expect(scene.pass(1).details == ["2 instances, the last: killed too"])
        func instance(_ digit: String) -> InstanceID {
            InstanceID(agent: "planner", instance: InstanceDigits(repeating: digit))
        }
        scene.connect(instance("c"))
        #expect(scene.pass(30).isEmpty)
        scene.connect(instance("d"))
        #expect(scene.pass(10).told == ["over planner"])
    }

    @Test func defaultRulesRaiseNoAlertForAHealthyFleet() {
        var scene = AlertScene(.standard)
        for _ in 0..<120 {
            scene.count {
                $0.ok = 10; $0.attempts = 11; $0.inFlight = 2; $0.oldestMS = 300
            }
            #expect(scene.pass(1).isEmpty)
        }
        #expect(Set(AlertRules.standard.rules.map(\.name)).count == 8)
        #expect(AlertRules.standard.rules.allSatisfy { $0.command == nil })
    }
}
