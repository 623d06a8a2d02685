import Fleet
import HostSupport
import ResilienceWire

/// What came of an order.
struct OrderOutcome: Sendable {
    /// The instances that there were, among which one is named.
    let fleet: Fleet
    private var instances: [InstanceID: Line] = [:]
    /// Outcomes without an instance, of several hubs one each.
    private var nobody: [Line] = []

    init(in fleet: Fleet) { self.fleet = fleet }

    /// At how many it failed, by the hub's word.
    var failed = 0

    /// The last status of each instance, and what came of it where there is none.
    var answers: [Line] {
        instances.sorted { $0.key < $1.key }.map(\.value) + nobody
    }

    /// Those that are no success.
    var failures: [Line] {
        answers.filter { Self.status($0) != .acked }
    }

    /// Whether an instance has done it.
    var isTaken: Bool { answers.contains { Self.status($0) == .acked } }

    /// The code by which the program ends; `nil` where all of them have done it.
    var code: Failure.Code? {
        let stations = Set(answers.compactMap { Self.status($0) })
        if stations == [.acked] { return failed == 0 ? nil : .refused }
        if stations == [.noAgent] { return .notFound }
        if stations == [.timedOut] { return .timedOut }
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
