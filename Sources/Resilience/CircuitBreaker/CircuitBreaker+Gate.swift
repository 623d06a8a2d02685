extension CircuitBreaker {
    /// What a call must know of the breaker where nothing is wrong, in one word that is read beside
    /// the lock and written under it.
    struct Gate: Equatable, Sendable {
        let word: Int

        init(word: Int) {
            self.word = word
        }

        init(version: Int, passes: Bool, isQuiet: Bool) {
            word = version << 2 | (passes ? 1 : 0) | (isQuiet ? 2 : 0)
        }

        /// How many state changes there were.
        var version: Int { word >> 2 }
        /// Calls pass without asking the state machine.
        var passes: Bool { word & 1 != 0 }
        /// A success changes nothing but a count.
        var isQuiet: Bool { word & 2 != 0 }
    }
}
