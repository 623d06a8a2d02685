public import Resilience
import Synchronization

/// An operation with scripted results that counts its runs.
public final class Script: Sendable {
    /// The result of one run.
    public enum Step: Sendable {
        /// Returns a text.
        case succeed(String)
        /// Throws an error.
        case fail(any Error)
    }

    private let state: Mutex<(steps: [Step], runs: Int)>

    /// Creates a script with one step per run. The last step repeats.
    public init(_ steps: Step...) {
        state = Mutex((steps: steps, runs: 0))
    }

    /// The number of runs.
    public var runs: Int { state.withLock { $0.runs } }

    /// Runs the next step.
    public func run() throws -> String {
        let step = state.withLock { state in
            defer { state.runs += 1 }
            return state.steps[min(state.runs, state.steps.count - 1)]
        }
        switch step {
        case .succeed(let text): return text
        case .fail(let error): throw error
        }
    }
}

/// An error for tests, identified by its name.
public struct TestError: ClassifiedError, Equatable, CustomStringConvertible {
    /// The error's name.
    public let name: String
    /// The error's class.
    public let errorClass: ErrorClass

    /// An error with a name.
    public init(_ name: String, _ errorClass: ErrorClass = .unavailable) {
        self.name = name
        self.errorClass = errorClass
    }

    /// Its name.
    public var description: String { name }

    /// Its name.
    public var errorType: String { name }
}
