public import Fleet
import ResilienceWire

/// Where it is written what to do about a strategy.
public struct Runbook: Equatable, Sendable {
    /// Whose it is.
    public let match: AddressPattern
    /// The address of the page.
    public let url: String

    /// A page for the strategies that a pattern includes.
    public init(match: AddressPattern, url: String) {
        self.match = match
        self.url = url
    }
}

extension Row {
    /// The first runbook that is for all of the row's strategies.
    func runbook(among runbooks: [Runbook]) -> Runbook? {
        runbooks.first { runbook in
            members.allSatisfy {
                runbook.match.includes(agent: $0.id.agent, strategy: $0.strategy.name)
            }
        }
    }
}
