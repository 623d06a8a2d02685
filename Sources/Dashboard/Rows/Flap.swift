import Fleet
import ResilienceWire

/// How a breaker is flapping.
struct Flap: Equatable, Sendable {
    /// How often it opened in the last five minutes.
    let count: Int
    /// The share of these minutes for which it was open.
    let openShare: Double
    /// Unix milliseconds since which it is flapping.
    let since: Int64

    /// `opened 14 times in 5m, open 43%`.
    var words: String { "opened \(count) times in 5m, open \(Format.percent(openShare))" }
}

extension [StrategyInstance] {
    /// How the breaker of an instance that is heard from is flapping, of several the one that opened most
    /// often; `nil` where none is.
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
