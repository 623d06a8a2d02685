/// Notices that this process was stopped, or its machine slept: its regular work came much too late.
struct StopNotice: Equatable {
    /// Work that comes so much too late, in milliseconds, was kept from coming.
    static let latenessMS = 1_000.0

    private var last: Double

    init(at now: Double) {
        last = now
    }

    /// The regular work is done; for how many milliseconds nothing was, 0 where it came in time.
    mutating func look(at now: Double) -> Double {
        defer { last = now }
        return now - last < Self.latenessMS ? 0 : now - last
    }
}
