/// How long a replay waits for its next action.
package enum ReplayWait: Equatable, Sendable {
    /// An action is due now.
    case busy
    /// The replay stands: it is paused or at its end. Only the operator can change that.
    case standing
    /// The replay plays; the next line follows after this many milliseconds of the recording.
    case playing(next: Int64, speed: Double)

    /// Lines that are due within this time are shown together.
    private static let least = Duration.milliseconds(20)
    /// The longest wait, so that the clock on the screen advances.
    private static let most = Duration.milliseconds(100)

    /// The longest time to wait; `nil` waits for the operator.
    package var limit: Duration? {
        switch self {
        case .busy: return Self.least
        case .standing: return nil
        case .playing(let next, let speed):
            let wait = Double(max(0, next)) / speed
            guard wait < 100 else { return Self.most }
            return max(Self.least, .milliseconds(Int64(wait)))
        }
    }
}
