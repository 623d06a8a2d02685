import ResilienceWire

/// A queue of alert commands with a bound on how many run at once.
struct AlertQueue {
    /// A command and the alert line that it receives.
    struct Job: Equatable {
        let command: String
        let line: Line
    }

    /// The most commands that run at once, so that many alerts do not start many processes.
    static let width = 4
    /// The most commands that wait.
    static let limit = 256

    private(set) var running = 0
    private var waiting: [Job] = []

    /// Adds a job. Returns `false` if the queue is full.
    mutating func add(_ job: Job) -> Bool {
        guard waiting.count < Self.limit else { return false }
        waiting.append(job)
        return true
    }

    /// Removes the next job and counts it as running. `nil` if none waits or too many run.
    mutating func next() -> Job? {
        guard running < Self.width, !waiting.isEmpty else { return nil }
        running += 1
        return waiting.removeFirst()
    }

    /// Records that a running job has ended.
    mutating func ended() { running -= 1 }
}
