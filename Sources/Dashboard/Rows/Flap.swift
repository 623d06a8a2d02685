import Fleet
import ResilienceWire

/// The figures of a flapping breaker.
struct Flap: Equatable, Sendable {
    /// The number of openings in the last five minutes.
    let count: Int
    /// The share of these minutes for which it was open.
    let openShare: Double
    /// The start of flapping in Unix milliseconds.
    let since: Int64

    /// `opened 14 times in 5m, open 43%`.
    var words: String { "opened \(count) times in 5m, open \(Format.percent(openShare))" }
}

extension [StrategyInstance] {
    /// The flapping breaker that opened most often, among connected instances that are not stale;
    /// `nil` if none is flapping.
    func flap(at now: Int64) -> Flap? {
        // Few breakers open at all.
        guard contains(where: { $0.strategy.openings != nil }) else { return nil }
        return filter { $0.presence == .up }.compactMap { $0.strategy.flap(at: now) }
            .max { $0.count < $1.count }
    }
}

extension StrategyRecord {
    fileprivate func flap(at now: Int64) -> Flap? {
        guard let since = flappingSince(at: now), let openings else { return nil }
        return Flap(count: openings.count(at: now), openShare: openShare(at: now), since: since)
    }
}
