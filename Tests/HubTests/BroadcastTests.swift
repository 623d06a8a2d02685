import Fleet
import NIOCore
import ResilienceWire
import TestSupport
import Testing

@testable import Hub

@Suite struct BroadcastTests {
    /// Publishes one line and moves it to the backlog.
    private func publish(_ broadcast: inout Broadcast) {
        _ = broadcast.pending.append(Line(at: 1_000, .beat))
        #expect(broadcast.moveToBacklog() == true)
    }

    private enum Answer {
        case made, shared, wait
    }

    /// What a viewer gets that asks for a keyframe.
    private func ask(
        _ broadcast: inout Broadcast, of fleet: Fleet = Fleet(), held: Int = 0, at now: Double,
        since asked: Double? = nil, historyMS: Int64? = nil, hasHistory: Bool = false,
        hasFigures: Bool = true
    ) -> Answer {
        var isMade = false
        let request = KeyframeRequest(
            askedAt: asked ?? now, historyMS: historyMS, hasHistory: hasHistory,
            hasFigures: hasFigures)
        let keyframe = broadcast.keyframe(for: request, held: held, now: now) {
            isMade = true
            return fleet.keyframe(at: 0, beatMS: 1_000, historyMS: historyMS)
        }
        return keyframe == nil ? .wait : isMade ? .made : .shared
    }

    @Test func keyframeIsSharedUntilALineFollows() {
        var broadcast = Broadcast()
        #expect(ask(&broadcast, at: 0) == .made)
        #expect(ask(&broadcast, at: 999) == .shared)
        #expect(ask(&broadcast, at: 1_000) == .made)
        publish(&broadcast)
        #expect(ask(&broadcast, at: 1_001) == .made)
    }

    @Test func keyframesOfBothFormsOfHistoryAreNotShared() {
        var broadcast = Broadcast()
        #expect(ask(&broadcast, at: 0) == .made)
        #expect(ask(&broadcast, at: 1, hasHistory: true) == .made)
        #expect(ask(&broadcast, at: 2, hasHistory: true) == .shared)
    }

    @Test func olderKeyframeIsSharedWhileManyAreInUse() {
        var broadcast = Broadcast()
        #expect(ask(&broadcast, at: 0) == .made)
        publish(&broadcast)
        #expect(ask(&broadcast, held: SharedKeyframe.heldLimit, at: 1) == .shared)
        broadcast.forgetKeyframe(before: 0)
        #expect(ask(&broadcast, held: SharedKeyframe.heldLimit, at: 1) == .shared)
        broadcast.forgetKeyframe(before: 1)
        #expect(ask(&broadcast, held: SharedKeyframe.heldLimit, at: 1) == .made)
    }

    /// A viewer without figures may read nothing after its keyframe, so an older one is no answer.
    @Test func viewerWithoutFiguresGetsAKeyframeOfAfterItsRequest() {
        var broadcast = Broadcast()
        #expect(ask(&broadcast, at: 0, hasFigures: false) == .made)
        #expect(ask(&broadcast, at: 1, hasFigures: false) == .made)
        #expect(ask(&broadcast, at: 2, since: 1, hasFigures: false) == .shared)
        #expect(ask(&broadcast, at: 3, since: 1, historyMS: 0, hasFigures: false) == .made)
    }

    /// Otherwise one process that asks for ever new histories would delay all others.
    @Test(
        arguments: [
            (nil, nil), (0, 0), (-1, 0), (1, 60_000), (60_000, 60_000), (60_001, 120_000),
            (299_999, 300_000), (300_000, nil), (.max, nil), (.min, 0),
        ] as [(Int64?, Int64?)]) func historiesAreWholeMinutes(wanted: Int64?, given: Int64?)
    {
        #expect(KeyframeRequest.historyMS(wanted) == given)
    }

    @Test func viewersThatWaitComeBeforeNewOnes() {
        var broadcast = Broadcast()
        #expect(ask(&broadcast, at: 0) == .made)
        publish(&broadcast)
        broadcast.isKeyframePlanned = true
        #expect(ask(&broadcast, at: 10, historyMS: 0) == .wait)
        broadcast.isKeyframePlanned = false
        #expect(ask(&broadcast, at: 11, historyMS: 0) == .made)
    }

    /// A keyframe of few lines must not cost other viewers theirs.
    @Test func backlogKeepsItsLimitWhileKeyframesAreTaken() {
        var backlog = BroadcastBuffer()
        backlog.expect(keyframeLines: 100_000)
        backlog.expect(keyframeLines: 3)
        let lines = ByteBuffer(repeating: 0x20, count: 1 << 20)
        for _ in 0..<20 {
            backlog.append(.init(all: lines, events: lines, others: lines, sums: nil))
        }
        backlog.trim(needed: 0)
        #expect(backlog.start == 0)
        backlog.relax()
        backlog.trim(needed: 0)
        #expect(backlog.start == 0)
        backlog.trim(needed: 15)
        backlog.relax()
        for _ in 0..<20 {
            backlog.append(.init(all: lines, events: lines, others: lines, sums: nil))
        }
        backlog.trim(needed: 15)
        #expect(backlog.bytesKept <= BroadcastBuffer.bytes)
    }

    /// However many viewers ask, keyframes take a small part of the time, and each viewer gets one
    /// within a second.
    @Test(arguments: [1, 1_000, 200_000]) func keyframesAreMadeNoFasterThanTheyAreCheap(
        strategies: Int
    ) {
        var fleet = Fleet()
        let agents = max(1, strategies / 1_000)
        for agent in 0..<agents {
            let id = InstanceID(agent: "a\(agent)", instance: InstanceDigits(repeating: "a"))
            let up = AgentUp(pid: 1, client: "t/1", intervalMS: 500)
            fleet.apply(Line(at: 1, source: id, .agentUp(up)))
            for strategy in 0..<(strategies / agents) {
                let declared = StrategyDeclaration(strategy: "s\(strategy)", kind: "retry")
                fleet.apply(Line(at: 1, source: id, .strategy(declared)))
            }
        }
        var broadcast = Broadcast()
        var (made, longest) = (0, 0.0)
        for viewer in 0..<1_000 {
            let asked = Double(viewer) * 4
            var now = asked
            publish(&broadcast)
            while true {
                let answer = ask(&broadcast, of: fleet, at: now, since: asked, hasFigures: false)
                if answer == .made { made += 1 }
                if answer != .wait { break }
                now = broadcast.nextKeyframe
            }
            longest = max(longest, now - asked)
        }
        #expect(longest <= 1_000)
        #expect(
            Double(made) <= 4_000
                / min(1_000, max(4, Double(strategies) * SharedKeyframe.strategyMS)) + 1)
    }

    @Test func trimKeepsThePiecesAfterTheSharedKeyframe() {
        var broadcast = Broadcast()
        #expect(ask(&broadcast, at: 0) == .made)
        publish(&broadcast)
        broadcast.trim(needed: nil)
        #expect(broadcast.backlog.start == 0)
        broadcast.forgetOldKeyframe(now: SharedKeyframe.ageMS)
        broadcast.trim(needed: nil)
        #expect(broadcast.backlog.start == 1)
    }

    @Test func oneFlushIsPlannedAtATime() {
        var broadcast = Broadcast()
        #expect(broadcast.planFlush() == true)
        #expect(broadcast.planFlush() == false)
        #expect(broadcast.beginFlush() == nil)
        #expect(broadcast.planFlush() == true)
    }

    /// The sums of a large fleet are spread over most of a second, however often the hub flushes, and
    /// no event waits behind all of them.
    @Test(arguments: [1, 300, 10_000]) func sumsAreSentInParts(strategies: Int) {
        var broadcast = Broadcast()
        broadcast.pending.want(.sums)
        let source = InstanceID(agent: "a", instance: InstanceDigits(repeating: "a"))
        for number in 0..<strategies {
            var place = SecondSums.Place()
            let delta = Delta(
                strategy: "s\(number)", sequence: 1, spanMS: 500, counters: Counters())
            #expect(broadcast.pending.append(delta, from: source, at: 1_000, &place) == true)
        }
        broadcast.pending.turn(at: 2_000)
        var (pausesUS, sizes): (Int64, [Int]) = (0, [])
        while broadcast.pending.sums.hasClosed {
            if let pause = broadcast.beginFlush() { pausesUS += pause }
            // Another flush during the pause sends no sums.
            _ = broadcast.pending.append(Line(at: 2_000, .beat))
            #expect(broadcast.moveToBacklog() == true)
            sizes.append(broadcast.backlog.bytesKept - sizes.reduce(0, +))
            #expect(broadcast.beginFlush() == nil)
            #expect(broadcast.moveToBacklog() == false)
            broadcast.resumeSums()
        }
        #expect(sizes.allSatisfy { $0 < 40 * 1_024 })
        #expect(pausesUS <= 700_000)
        #expect(strategies < 10_000 || pausesUS >= 100_000)
    }

    @Test func viewersTakeTurnsBetweenPauses() {
        var turns = KeyframeTurns()
        turns.pause()
        turns.wait(7)
        turns.wait(3)
        #expect(turns.next() == nil)
        turns.resume()
        #expect(turns.next() == 7)
        turns.pause()
        #expect(turns.next() == nil)
        turns.resume()
        #expect(turns.next() == 3 && turns.next() == nil)
    }
}
