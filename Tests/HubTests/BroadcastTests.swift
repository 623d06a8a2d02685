import Fleet
import ResilienceWire
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
        #expect(broadcast.beginFlush() == false)
        #expect(broadcast.planFlush() == true)
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
