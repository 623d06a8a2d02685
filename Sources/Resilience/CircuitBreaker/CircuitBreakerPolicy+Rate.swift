extension CircuitBreakerPolicy {
    /// Trips if the share of failed or slow calls among the latest calls is too high.
    public struct Rate: Equatable, Sendable {
        /// The window of the latest calls.
        public enum Window: Equatable, Sendable {
            /// This number of calls; 1 to 100,000. Does not read the clock.
            case calls(Int)
            /// The calls that ended within a time; 1 ms to 1 day. The window has ten slots, so it
            /// covers between nine tenths of the time and all of it.
            case time(Duration)
        }

        /// The duration above which a call is slow, and the share of slow calls that opens the
        /// breaker.
        public struct SlowCalls: Equatable, Sendable {
            /// A call that takes longer is slow, with any result; 1 ms to 1 day.
            public let longerThan: Duration
            /// The breaker opens at this share of slow calls or above; 0.001 to 1.
            public let share: Double

            /// Creates the rule for slow calls.
            ///
            /// - Throws: ``PolicyError`` if a value is outside its bounds.
            public init(longerThan: Duration, share: Double = 1) throws(PolicyError) {
                try PolicyError.require(
                    longerThan >= .milliseconds(1) && longerThan <= Rate.longestWindow,
                    "SlowCalls.longerThan", "1 ms to 1 day", got: longerThan)
                try PolicyError.require(
                    share >= 0.001 && share <= 1, "SlowCalls.share", "0.001 to 1", got: share)
                self.longerThan = longerThan
                self.share = share
            }
        }

        static let longestWindow = Duration.seconds(86_400)
        static let callBounds = 1...100_000

        /// The window of the latest calls.
        public let window: Window
        /// The breaker does not open with fewer calls in the window; 1 to 1,000,000, and at most
        /// the size of a window of calls.
        public let minimumCalls: Int
        /// The breaker opens at this share of failed calls or above; 0.001 to 1.
        public let failureShare: Double
        /// The rule for slow calls; `nil` to ignore durations. It costs two clock readings per
        /// call.
        public let slowCalls: SlowCalls?
        /// If set, half-open admits this number of probes and compares their shares with the same
        /// limits once all have ended (resilience4j). ``CircuitBreakerPolicy/halfOpenCalls`` and
        /// the counts of probes are then ignored. 1 to 1,000,000.
        public let probes: Int?

        /// The defaults of resilience4j: half of 100 calls, at least 100 calls, and half of 10
        /// probes. (resilience4j also opens if all calls take more than 60 s; here, slow calls are
        /// optional.)
        public static let resilience4j = literal(try Rate(probes: 10))

        /// The defaults of Hystrix: half of the calls within 10 s, at least 20 calls.
        public static let hystrix = literal(
            try Rate(window: .time(.seconds(10)), minimumCalls: 20))

        /// Creates a rate.
        ///
        /// - Throws: ``PolicyError`` if a value is outside its bounds.
        public init(
            window: Window = .calls(100), minimumCalls: Int = 100, failureShare: Double = 0.5,
            slowCalls: SlowCalls? = nil, probes: Int? = nil
        ) throws(PolicyError) {
            var mostCalls = CircuitBreakerPolicy.countBounds.upperBound
            switch window {
            case .calls(let calls):
                try PolicyError.require(
                    Self.callBounds.contains(calls), "Rate.window", "1 to 100000 calls", got: calls)
                mostCalls = calls
            case .time(let time):
                try PolicyError.require(
                    time >= .milliseconds(1) && time <= Self.longestWindow, "Rate.window",
                    "1 ms to 1 day", got: time)
            }
            try PolicyError.require(
                minimumCalls >= 1 && minimumCalls <= mostCalls, "Rate.minimumCalls",
                "1 to \(mostCalls)", got: minimumCalls)
            try PolicyError.require(
                failureShare >= 0.001 && failureShare <= 1, "Rate.failureShare",
                "0.001 to 1", got: failureShare)
            if let probes {
                try PolicyError.require(
                    CircuitBreakerPolicy.countBounds.contains(probes), "Rate.probes",
                    "1 to 1000000", got: probes)
            }
            self.window = window
            self.minimumCalls = minimumCalls
            self.failureShare = failureShare
            self.slowCalls = slowCalls
            self.probes = probes
        }
    }
}
