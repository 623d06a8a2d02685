#if Observability
    import Synchronization

    /// Numbers the attempts of a call, from 1.
    final class Attempts: Sendable {
        private let count = Mutex(0)

        /// The number of the next attempt; throws for the first ones.
        func next(failing failures: Int = 0) throws -> Int {
            let number = count.withLock { count in
                count += 1
                return count
            }
            if number <= failures { throw Down() }
            return number
        }
    }
#endif
