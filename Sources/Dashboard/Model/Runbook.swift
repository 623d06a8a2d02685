public import Fleet
import ResilienceWire

/// A link to operating instructions for strategies.
public struct Runbook: Equatable, Sendable {
    /// The agents and strategies that it covers.
    public let match: AddressPattern
    /// The URL of the page.
    public let url: String

    /// Creates a link for the strategies that a pattern matches.
    public init(match: AddressPattern, url: String) {
        self.match = match
        self.url = url
    }
}

extension Row {
    /// The first runbook that covers all strategies of the row.
    func runbook(among runbooks: [Runbook]) -> Runbook? {
        runbooks.first { runbook in
            members.allSatisfy {
                runbook.match.includes(agent: $0.id.agent, strategy: $0.strategy.name)
            }
        }
    }
}
