extension CircuitBreaker {
    /// The part of the breaker's state that most calls need, in one word. It is written under the
    /// lock and read without it.
    @usableFromInline
    struct Gate: Equatable, Sendable {
        @usableFromInline let word: Int

        @inlinable
        init(word: Int) {
            self.word = word
        }

        init(version: Int, passes: Bool, isQuiet: Bool, shut: Shut?) {
            let isForced = shut?.isForced ?? false
            word =
                version << 4 | (passes ? 1 : 0) | (isQuiet ? 2 : 0) | (shut != nil ? 4 : 0)
                | (isForced ? 8 : 0)
        }

        /// The state is changing: every call has to ask the state machine.
        static let changing = Gate(version: -1, passes: false, isQuiet: false, shut: nil)

        /// The number of state changes.
        @inlinable var version: Int { word >> 4 }
        /// Calls pass without asking the state machine.
        @inlinable var passes: Bool { word & 1 != 0 }
        /// A success changes only a counter.
        @inlinable var isQuiet: Bool { word & 2 != 0 }
        /// Calls are rejected without asking the state machine, until the next probe is due.
        var isShut: Bool { word & 4 != 0 }
        /// The breaker is forced open.
        var isForced: Bool { word & 8 != 0 }
    }
}
