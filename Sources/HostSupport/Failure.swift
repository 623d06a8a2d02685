/// The reason why a command fails: a message for people and a code for scripts.
package struct Failure: Error {
    package enum Code: Int32 {
        /// An agent refused, or another error occurred.
        case refused = 1
        /// No hub answers.
        case noHub = 3
        /// No such agent or strategy.
        case notFound = 4
        /// No answer came in time.
        case timedOut = 5
        /// The work is done, but the input file was damaged or cut.
        case damaged = 6
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
