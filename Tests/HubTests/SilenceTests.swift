import Sockets
import Testing

@Suite struct SilenceTests {
    @Test func silenceCountsOnlyWhileAByteIsDue() {
        var silence = Silence(at: 0)
        #expect(silence.nextCheck == nil)
        #expect(silence.check(at: 60_000) == nil)
        silence.expect(at: 60_000)
        #expect(silence.nextCheck == 63_000)
        #expect(silence.check(at: 63_000) == .fellSilent(since: 60_000))
        #expect(silence.silentSince == 60_000)
    }

    @Test func anyByteEndsTheSilence() {
        var silence = Silence(at: 0)
        silence.expect(at: 0)
        for time: Int64 in stride(from: 2_900, to: 60_000, by: 2_900) {
            #expect(silence.hear(at: time) == nil)
            if let next = silence.nextCheck, next <= time {
                #expect(silence.check(at: time) == nil)
            }
        }
    }

    @Test func silenceReportsItsStartAndEndOnce() {
        var silence = Silence(at: 0)
        silence.expect(at: 0)
        #expect(silence.check(at: 3_000) == .fellSilent(since: 0))
        #expect(silence.nextCheck == nil)
        #expect(silence.check(at: 9_000) == nil)
        #expect(silence.hear(at: 10_000) == .spoke)
        #expect(silence.nextCheck == 13_000)
        #expect(silence.check(at: 13_000) == .fellSilent(since: 10_000))
    }

    /// A process that was stopped itself finds unread bytes afterwards.
    @Test func lateCheckExtendsTheLimit() {
        var silence = Silence(at: 0)
        silence.expect(at: 0)
        #expect(silence.check(at: 60_000) == nil)
        #expect(silence.nextCheck == 63_000)
        #expect(silence.check(at: 63_000) == .fellSilent(since: 60_000))
    }

    @Test func hubWithoutBeatsMayBeSilentAfterAnAnswer() {
        var silence = Silence(at: 0)
        silence.expectFirst(at: 0)
        _ = silence.hear(at: 10)
        silence.expectNothing()
        silence.expectFirst(at: 5_000)
        #expect(silence.nextCheck == nil)
        #expect(silence.check(at: 60_000) == nil)
    }
}
