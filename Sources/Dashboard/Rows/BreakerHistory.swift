import Fleet
import ResilienceWire

/// The history of a row's breaker states, in columns of equal time.
struct BreakerHistory: Equatable, Sendable {
    /// The worst state in each column, oldest first; `nil` before the first known state.
    let states: [BreakerState?]

    /// Returns `nil` if the row has no breaker.
    ///
    /// - Parameter span: the length of the history up to `now`, in milliseconds.
    init?(_ row: Row, in fleet: Fleet, columns: Int, span: Int64, at now: Int64) {
        guard columns > 0, row.breaker != nil else { return nil }
        let changes = Dictionary(
            grouping: fleet.journal.compactMap(Change.init), by: \.subject)
        var worst = [BreakerState?](repeating: nil, count: columns)
        func show(_ state: BreakerState, _ column: Int) {
            if state.severity > worst[column]?.severity ?? -1 { worst[column] = state }
        }
        for member in row.responsive {
            guard let breaker = member.strategy.breaker else { continue }
            let subject = Change.Subject(instance: member.id, strategy: member.strategy.name)
            var state = changes[subject]?.first?.from ?? breaker.state
            var coming = (changes[subject] ?? [])[...]
            let known = min(
                breaker.since, coming.first?.at ?? .max,
                member.strategy.window.start ?? .max)
            for column in worst.indices {
                let end = now - span + span * Int64(column + 1) / Int64(columns)
                let start = now - span + span * Int64(column) / Int64(columns)
                while let next = coming.first, next.at <= start {
                    state = next.to
                    coming.removeFirst()
                }
                if end > known { show(state, column) }
                while let next = coming.first, next.at <= end {
                    state = next.to
                    coming.removeFirst()
                    show(state, column)
                }
            }
        }
        states = worst
    }

    /// A transition of the journal.
    private struct Change {
        struct Subject: Hashable {
            let instance: InstanceID
            let strategy: String
        }

        let subject: Subject
        let at: Int64
        let from: BreakerState
        let to: BreakerState

        init?(_ line: Line) {
            guard case .breaker(let change) = line.message, let instance = line.source,
                let at = line.at
            else { return nil }
            subject = Subject(instance: instance, strategy: change.strategy)
            self.at = at
            from = change.from
            to = change.to
        }
    }
}
