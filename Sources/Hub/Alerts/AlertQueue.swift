import ResilienceWire

/// Commands of alert rules that run, and that wait for their turn.
struct AlertQueue {
    /// A command and the alert that it is told of.
    struct Job: Equatable {
        let command: String
        let line: Line
    }

    /// How many run at once: a storm of alerts must not become one of processes.
    static let width = 4
    /// How many may wait.
    static let limit = 256

    private(set) var running = 0
    private var waiting: [Job] = []

    /// Takes a job; whether there was room.
    mutating func add(_ job: Job) -> Bool {
        guard waiting.count < Self.limit else { return false }
        waiting.append(job)
        return true
    }

    /// The next job that may run now; it runs from then on.
    mutating func next() -> Job? {
        guard running < Self.width, !waiting.isEmpty else { return nil }
        running += 1
        return waiting.removeFirst()
    }

    /// A job has ended.
    mutating func ended() { running -= 1 }
}
