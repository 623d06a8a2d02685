import ArgumentParser
import Attach
import Sockets

/// Why a command ends without success: a sentence for people and a code for scripts.
struct Failure: Error {
    enum Code: Int32 {
        /// An agent refused, or something failed.
        case refused = 1
        /// No hub answers.
        case noHub = 3
        /// No such agent or strategy.
        case notFound = 4
        /// Nobody answered in time.
        case timedOut = 5
        /// Done, but the input file was damaged or cut.
        case damaged = 6
    }

    let code: Code
    let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    init(_ error: HubLocator.NoHub) {
        self.init(.noHub, error.description)
    }

    init(_ error: SocketError) {
        self.init(.refused, error.description)
    }
}
