extension CircuitBreaker {
    /// What a call must know of the breaker where nothing is to be decided, in one word that is
    /// read beside the lock and written under it.
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

        /// Everybody has to ask the state machine.
        static let changing = Gate(version: -1, passes: false, isQuiet: false, shut: nil)

        /// How many state changes there were.
        @inlinable var version: Int { word >> 4 }
        /// Calls pass without asking the state machine.
        @inlinable var passes: Bool { word & 1 != 0 }
        /// A success changes nothing but a count.
        @inlinable var isQuiet: Bool { word & 2 != 0 }
        /// Calls are rejected without asking the state machine, until it is time to probe.
        var isShut: Bool { word & 4 != 0 }
        /// It is held open by hand.
        var isForced: Bool { word & 8 != 0 }
    }
}
