import Glibc
import HostSupport

/// A progress line on standard error, if that is a terminal. Work that takes less than a second shows nothing.
struct Progress: ~Copyable {
    private let what: String
    private let whole: ClosedRange<Int64>
    private let isSeen = isatty(2) == 1
    private var count = 0
    private var next = ContinuousClock.now + .seconds(1)
    private var isShown = false

    /// - Parameters:
    ///   - what: the work, such as `reading night.ndjson`.
    ///   - whole: the first and the last position.
    init(_ what: String, over whole: ClosedRange<Int64>) {
        self.what = what
        self.whole = whole
    }

    /// The work has reached a position.
    mutating func reach(_ place: Int64) {
        count += 1
        // The clock costs more than a line does.
        guard isSeen, count % 4_096 == 0, ContinuousClock.now >= next else { return }
        next = .now + .milliseconds(200)
        isShown = true
        let length = whole.upperBound - whole.lowerBound
        let done = min(max(0, place - whole.lowerBound), length)
        let share = length > 0 ? " \(100 * done / length) %" : ""
        Console.show("\(what)\(share)")
    }

    /// Clears the line.
    deinit {
        if isShown { Console.show("") }
    }
}
