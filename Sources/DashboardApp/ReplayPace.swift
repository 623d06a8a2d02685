/// How long a replay waits until there is something to do.
package enum ReplayPace: Equatable {
    /// Something was asked for and is not done yet.
    case busy
    /// It stands, at its end or because it was stopped: only a key changes that.
    case standing
    /// It plays, and the next line comes after so many milliseconds of the recording.
    case playing(next: Int64, speed: Double)

    /// What is due within this time is shown together.
    private static let least = Duration.milliseconds(20)
    /// The recording's time is never older than this.
    private static let most = Duration.milliseconds(100)

    /// The time to wait at most; `nil`: until somebody does something.
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
