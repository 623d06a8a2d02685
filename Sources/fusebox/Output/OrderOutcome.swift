import Fleet
import HostSupport
import ResilienceWire

/// The outcome of an order.
struct OrderOutcome: Sendable {
    /// The fleet at that time, for the names of instances.
    let fleet: Fleet
    private var instances: [InstanceID: Line] = [:]
    /// Outcomes without an instance: at most one for each hub.
    private var nobody: [Line] = []

    init(in fleet: Fleet) { self.fleet = fleet }

    /// The number of failures that the hub reports.
    var failed = 0

    /// The last status of each instance, and the outcomes without an instance.
    var answers: [Line] {
        instances.sorted { $0.key < $1.key }.map(\.value) + nobody
    }

    /// The statuses that are not a success.
    var failures: [Line] {
        answers.filter { Self.status($0) != .acked }
    }

    /// Whether any instance carried out the order.
    var isTaken: Bool { answers.contains { Self.status($0) == .acked } }

    /// The exit code of the program; `nil` if all instances carried out the order.
    var code: Failure.Code? {
        let statuses = Set(answers.compactMap { Self.status($0) })
        if statuses == [.acked] { return failed == 0 ? nil : .refused }
        if statuses == [.noAgent] { return .notFound }
        if statuses == [.timedOut] { return .timedOut }
        return .refused
    }

    mutating func take(_ line: Line, _ status: CommandStatus) {
        guard let instance = status.instance else { return nobody.append(line) }
        instances[instance] = line
    }

    private static func status(_ line: Line) -> CommandStatus.Status? {
        if case .commandStatus(let status) = line.message { status.status } else { nil }
    }
}
