import Fleet
import ResilienceWire
import TestSupport
import Testing

@testable import Hub

@Suite struct BroadcastTests {
    private func keyframe() -> Keyframe { Fleet().keyframe(at: 0, beatMS: 1_000, historyMS: nil) }

    /// Publishes one line and moves it to the backlog.
    private func publish(_ broadcast: inout Broadcast) {
        _ = broadcast.pending.append(Line(at: 1_000, .beat))
        #expect(broadcast.moveToBacklog() == true)
    }

    /// Whether a new keyframe is made at a time.
    private func isMade(_ broadcast: inout Broadcast, held: Int = 0, at now: Double) -> Bool {
        var isMade = false
        _ = broadcast.keyframe(for: nil, held: held, now: now) {
            isMade = true
            return keyframe()
        }
        return isMade
    }

    @Test func keyframeIsSharedUntilALineFollows() {
        var broadcast = Broadcast()
        #expect(isMade(&broadcast, at: 0))
        #expect(!isMade(&broadcast, at: 999))
        #expect(isMade(&broadcast, at: 1_000))
        publish(&broadcast)
        #expect(isMade(&broadcast, at: 1_001))
    }

    @Test func olderKeyframeIsSharedWhileManyAreInUse() {
        var broadcast = Broadcast()
        #expect(isMade(&broadcast, at: 0))
        publish(&broadcast)
        #expect(!isMade(&broadcast, held: SharedKeyframe.heldLimit, at: 1))
        broadcast.forgetKeyframe(before: 0)
        #expect(!isMade(&broadcast, held: SharedKeyframe.heldLimit, at: 1))
        broadcast.forgetKeyframe(before: 1)
        #expect(isMade(&broadcast, held: SharedKeyframe.heldLimit, at: 1))
    }

    @Test func trimKeepsThePiecesAfterTheSharedKeyframe() {
        var broadcast = Broadcast()
        #expect(isMade(&broadcast, at: 0))
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
