/// Detects that this process was stopped or its machine slept, because its regular work came late.
struct StopNotice: Equatable {
    /// The delay of regular work that counts as a stop, in milliseconds.
    static let latenessMS = 1_000.0

    private var last: Double

    init(at now: Double) {
        last = now
    }

    /// Records that the regular work runs now.
    ///
    /// - Returns: the time since the previous run in milliseconds, or 0 if the run is not late.
    mutating func look(at now: Double) -> Double {
        defer { last = now }
        return now - last < Self.latenessMS ? 0 : now - last
    }
}
