import Fleet
import ResilienceWire

// Agents that start under standing orders so often that the audit log leaves entries about them out.

extension Hub {
    /// The subject of the alert about entries that are left out of the audit log.
    enum Omission: Hashable { case starts }

    /// How long ago an instance must have come or gone to count as a recent start, in milliseconds.
    private static let recentMS: Int64 = 60_000

    /// Whether an entry about an agent that starts under a standing order may be written. The first
    /// one that may not leads to an alert.
    func mayAuditStart() -> Bool {
        let now = HubClock.monotonicMS
        guard !storage.allowance.take(at: now) else { return true }
        guard storage.omissions.fire(.starts, at: now) else { return false }
        let recent = fleet.agents.values.filter { clock.at - $0.since < Self.recentMS }
        let most = mostFrequent(recent.map { "agent '\($0.id.agent)'" })
        tellOmissions(
            isFiring: true,
            "\(most.name) starts too often under standing orders: at least \(most.count) instances "
                + "in 60 s. Agents are sent the orders, but entries about them are left out of the "
                + "audit log: end what starts them")
        return false
    }

    /// Ends the alert once no entry was left out for a while.
    func endOmissions(_ now: Double) {
        for (_, count) in storage.omissions.end(at: now) {
            tellOmissions(
                isFiring: false,
                "\(count) entries about agents that started under standing orders were left out; "
                    + "entries are written again")
        }
    }

    /// Reports omissions to viewers, in the hub's log and in the audit log itself.
    private func tellOmissions(isFiring: Bool, _ words: String) {
        let safe = announce("starts", id: "starts", isFiring: isFiring, words)
        write([.audit: AuditEntry.omission(safe).line(at: clock.at)])
    }
}
