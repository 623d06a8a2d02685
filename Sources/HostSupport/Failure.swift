/// Why a command ends without success: a sentence for people and a code for scripts.
package struct Failure: Error {
    package enum Code: Int32 {
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

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
