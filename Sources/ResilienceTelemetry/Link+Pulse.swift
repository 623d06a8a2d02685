import NIOCore
import Sockets

extension Link {
    /// Watches whether the hub answers. A hub that no longer answers a `ping` has stopped or cannot
    /// be reached, so the link connects again.
    struct Pulse {
        enum Action: Equatable {
            case none
            case ping
            case reconnect
        }

        /// The interval at which the link calls ``look(at:)``.
        static let look = TimeAmount.milliseconds(500)
        /// The time without a byte from the hub after which the link sends a `ping`, in
        /// milliseconds.
        static let pingMS: Int64 = 1_000
        /// The maximum time that a hub may take to send `welcome`, in milliseconds. It is long
        /// because a hub may have many agents to welcome at once.
        static let welcomeMS: Int64 = 10_000

        private var silence: Silence
        private var pinged: Int64

        init(at now: Int64) {
            silence = Silence(at: now)
            pinged = now
        }

        /// Records that `hello` was sent and that the hub owes a `welcome`.
        mutating func connected(at now: Int64) {
            silence = Silence(at: now)
            silence.expect(at: now, within: Self.welcomeMS)
            pinged = now
        }

        /// - Parameter beats: whether the hub answers pings. A hub that does not may be silent.
        mutating func welcomed(beats: Bool) {
            if beats { silence.expect(at: silence.heard) } else { silence.expectNothing() }
        }

        /// Records that bytes arrived from the hub.
        mutating func hear(at now: Int64) {
            _ = silence.hear(at: now)
        }

        /// Returns the action that is due at a time.
        mutating func look(at now: Int64) -> Action {
            if case .fellSilent = silence.check(at: now) { return .reconnect }
            guard silence.silentSince == nil, now - silence.heard >= Self.pingMS,
                now - pinged >= Self.pingMS
            else { return .none }
            pinged = now
            return .ping
        }
    }
}
