import NIOCore
import Sockets
import Synchronization

/// Detects that the other side of a connection is silent. Its timers run on the connection's event
/// loop.
final class SilenceWatch: Sendable {
    private struct Watch {
        var silence: Silence
        var isPlanned = false
        var tell: @Sendable (HubConnection.Pulse) -> Void = { _ in }
        var abandon: (@Sendable () -> Void)?
    }

    /// The silence after which ``abandon(by:)`` takes effect, in milliseconds.
    private static let abandonMS: Int64 = 15_000

    private let loop: any EventLoop
    private let watch: Mutex<Watch>

    init(_ loop: any EventLoop) {
        self.loop = loop
        watch = Mutex(Watch(silence: Silence(at: MonotonicClock.milliseconds)))
    }

    /// How long the other side has been silent, in milliseconds; `nil` if not for too long.
    var silentMS: Int64? {
        watch.withLock { $0.silence.silentSince }.map { MonotonicClock.milliseconds - $0 }
    }

    /// Sets the function to call at the start and end of each silence.
    func onChange(_ tell: @escaping @Sendable (HubConnection.Pulse) -> Void) {
        watch.withLock { $0.tell = tell }
    }

    /// Calls `abandon` when the other side has been silent for 15 s. A `via` command may be dead
    /// for good, while a local hub may only be stopped.
    func abandon(by abandon: @escaping @Sendable () -> Void) {
        watch.withLock { $0.abandon = abandon }
    }

    func expect() { change { $0.expect(at: $1) } }

    func expectFirst() { change { $0.expectFirst(at: $1) } }

    func expectNothing() { change { silence, _ in silence.expectNothing() } }

    func hear() { change { $0.hear(at: $1) } }

    private func change(_ body: (inout Silence, Int64) -> Silence.News?) {
        let now = MonotonicClock.milliseconds
        let (news, tell, wait) = watch.withLock { watch in
            let news = body(&watch.silence, now)
            guard !watch.isPlanned, let next = watch.silence.nextCheck else {
                return (news, watch.tell, nil as Int64?)
            }
            watch.isPlanned = true
            return (news, watch.tell, max(0, next - now))
        }
        if let wait { plan(in: wait) }
        switch news {
        case .fellSilent(let since):
            tell(.silent(forMS: now - since))
            loop.scheduleTask(in: .milliseconds(since + Self.abandonMS - now)) { [weak self] in
                let abandon = self?.watch.withLock { watch in
                    watch.silence.silentSince == since ? watch.abandon : nil
                }
                abandon?()
            }
        case .spoke: tell(.heard)
        case nil: break
        }
    }

    private func change(_ body: (inout Silence, Int64) -> Void) {
        change { silence, now in
            body(&silence, now)
            return nil
        }
    }

    private func plan(in milliseconds: Int64) {
        loop.scheduleTask(in: .milliseconds(milliseconds)) { [weak self] in
            guard let self else { return }
            watch.withLock { $0.isPlanned = false }
            change { $0.check(at: $1) }
        }
    }
}
