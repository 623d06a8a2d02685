extension CircuitBreakerPolicy {
    /// Trips where too large a share of the latest calls failed, or was slow.
    public struct Rate: Equatable, Sendable {
        /// Which calls are the latest.
        public enum Window: Equatable, Sendable {
            /// So many; 1 to 100,000. Takes no look at the clock.
            case calls(Int)
            /// Those that ended within a time; 1 ms to 1 day. Kept in ten slots, so it reaches
            /// back between nine tenths of the time and all of it.
            case time(Duration)
        }

        /// What makes a call slow, and how many of these open the breaker.
        public struct SlowCalls: Equatable, Sendable {
            /// A call that takes longer is slow, whatever its result; 1 ms to 1 day.
            public let longerThan: Duration
            /// Opens at this share of slow calls or above; 0.001 to 1.
            public let share: Double

            /// Slow calls.
            ///
            /// - Throws: ``PolicyError`` where a value is outside its bounds.
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

        /// The latest calls.
        public let window: Window
        /// With fewer calls in the window it does not open; 1 to 1,000,000, and in a window of
        /// calls not more than that.
        public let minimumCalls: Int
        /// Opens at this share of failed calls or above; 0.001 to 1.
        public let failureShare: Double
        /// Where set, slow calls open it as well; costs two clock readings a call.
        public let slowCalls: SlowCalls?
        /// Where set, half-open admits so many probes in all, and judges them by the same shares once
        /// all have ended (resilience4j); ``CircuitBreakerPolicy/halfOpenCalls`` and the counts of
        /// probes then decide nothing. 1 to 1,000,000.
        public let probes: Int?

        /// resilience4j's defaults: half of 100 calls, at least 100, and half of 10 probes. (Its slow
        /// calls are those of more than 60 s, all of them; here they are asked for.)
        public static let resilience4j = literal(try Rate(probes: 10))

        /// Hystrix's defaults: half of the calls within 10 s, at least 20.
        public static let hystrix = literal(
            try Rate(window: .time(.seconds(10)), minimumCalls: 20))

        /// A rate of one's own.
        ///
        /// - Throws: ``PolicyError`` where a value is outside its bounds.
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
