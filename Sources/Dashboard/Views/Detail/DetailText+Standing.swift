import Fleet
import ResilienceWire
import Screen

extension DetailText {
    /// The standing orders that apply to the row: the order, the remaining time, the operator and
    /// the reason.
    var standing: [[Span]] {
        fleet.standing.filter { standing in
            row.members.contains { standing.address.includes($0.id, $0.strategy.name) }
        }.map { standing in
            let order = standing.order
            let left =
                order.until.map { "\(Format.countdown($0 - now)) left" } ?? "until it is removed"
            let why = order.reason.map { ": \($0)" } ?? ""
            let what =
                standing.holds
                ? "\(order.order.standingWords) for \(order.address)"
                : "\(order.address) excepted"
            return [
                Span("\(glyphs[.forced]) ", .forced), Span("standing order: \(what)"),
                Span(", \(left), by \(standing.who)\(why)"),
            ]
        }
    }
}

extension Order {
    fileprivate var standingWords: String {
        switch self {
        case .open: "open"
        case .reset, .halfOpen, .disable, .enable, .setLimit, .tap, .unknown: words
        }
    }
}
