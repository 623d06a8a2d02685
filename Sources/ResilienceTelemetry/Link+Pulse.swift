import NIOCore
import Sockets

extension Link {
    /// Whether the hub is heard from: it answers a `ping`, and where it does not, the hub is stopped or
    /// the way to it stalls, and another connection is tried.
    struct Pulse {
        enum Action: Equatable {
            case none
            case ping
            case reconnect
        }

        /// How often ``look(at:)`` is to be called.
        static let look = TimeAmount.milliseconds(500)
        /// Without a byte from the hub for so many milliseconds it is asked for one.
        static let pingMS: Int64 = 1_000
        /// How long a hub that has many agents to welcome may take, in milliseconds.
        static let welcomeMS: Int64 = 10_000

        private var silence: Silence
        private var pinged: Int64

        init(at now: Int64) {
            silence = Silence(at: now)
            pinged = now
        }

        /// Hello was said, and a welcome is due.
        mutating func connected(at now: Int64) {
            silence = Silence(at: now)
            silence.expect(at: now, within: Self.welcomeMS)
            pinged = now
        }

        /// - Parameter beats: whether the hub answers pings. One that does not may be silent.
        mutating func welcomed(beats: Bool) {
            if beats { silence.expect(at: silence.heard) } else { silence.expectNothing() }
        }

        /// Something came from the hub.
        mutating func hear(at now: Int64) {
            _ = silence.hear(at: now)
        }

        /// What is to be done at a time.
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
