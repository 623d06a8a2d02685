/// Decides when to draw and how long to wait.
///
/// A key causes a frame at once. Other events cause at most ten frames a second. A tick comes once a
/// second. It updates all rows if that is fast; otherwise they are updated in parts between the ticks, so
/// that no key waits for it.
struct FramePace {
    private enum Wish { case none, soon, now }

    /// In the first milliseconds frames are not limited, so that the first data shows at once.
    private static let startMS: Int64 = 300
    /// The longest time in which a tick may update all rows.
    private static let rowsLimit = Duration.milliseconds(4)

    /// The shortest time between two frames later on.
    private static let frameMS: Int64 = 100
    /// The time between two parts of the rows.
    private static let partMS: Int64 = 50

    let began: Int64
    private var wish = Wish.now
    private var hasNews = false
    private var lastFrame: Int64 = 0
    private var lastNews: Int64 = 0
    private var nextTick: Int64 = 0
    /// The time of the next part of the rows; `nil` if ticks update all, or the screen stands still.
    private var nextPart: Int64?
    /// The time that the last update of all rows took, and the parts of the present one so far.
    private var rowsTook = Duration.zero
    private var partsTook = Duration.zero
    private var nextSecond: Int64
    private var hasTicked = false

    init(began: Int64) {
        self.began = began
        nextSecond = began + 1_000
    }

    /// The shortest time between two frames.
    private func frame(at now: Int64) -> Int64 { now - began < Self.startMS ? 0 : Self.frameMS }

    mutating func wantFrame() { if wish == .none { wish = .soon } }
    mutating func wantFrameNow() { wish = .now }
    mutating func wantNews() { hasNews = true }

    func isFrameDue(at now: Int64) -> Bool {
        switch wish {
        case .none: false
        case .soon: now - lastFrame >= frame(at: now)
        case .now: true
        }
    }

    mutating func shown(at now: Int64) {
        wish = .none
        lastFrame = now
    }

    /// Whether to take events from the mailbox, until it is empty. Those of one frame are taken together.
    func areNewsDue(at now: Int64) -> Bool {
        hasNews && now - lastNews >= frame(at: now)
    }

    mutating func tookNews(at now: Int64) {
        hasNews = false
        lastNews = now
        // They may have brought the hub's time.
        if !hasTicked { nextTick = now }
    }

    /// Whether a second has passed since the last call that returned `true`.
    mutating func isSecondOver(at now: Int64) -> Bool {
        guard now >= nextSecond else { return false }
        nextSecond = now + 1_000
        return true
    }

    func isTickDue(at now: Int64) -> Bool { now >= nextTick }

    /// Whether the next tick updates all rows.
    var updatesAllRows: Bool { rowsTook <= Self.rowsLimit }

    mutating func ticked(at now: Int64, took: Duration, draws: Bool) {
        hasTicked = true
        nextTick = now + 1_000
        if updatesAllRows { rowsTook = took }
        nextPart = draws && !updatesAllRows ? min(nextPart ?? .max, now + Self.partMS) : nil
    }

    func areMoreRowsDue(at now: Int64) -> Bool { nextPart.map { now >= $0 } ?? false }

    mutating func updatedRows(at now: Int64, took: Duration, isOver: Bool) {
        nextPart = now + Self.partMS
        partsTook += took
        guard isOver else { return }
        (rowsTook, partsTook) = (partsTook, .zero)
    }

    /// Retries the tick soon: the hub's time is not known yet.
    mutating func missedTick(at now: Int64) { nextTick = now + Self.frameMS }

    func timeout(at now: Int64) -> Int {
        var due = min(nextTick, nextPart ?? .max)
        switch wish {
        case .none: break
        case .soon: due = min(due, lastFrame + frame(at: now))
        case .now: due = now
        }
        if hasNews { due = min(due, lastNews + frame(at: now)) }
        return Int(max(0, due - now))
    }
}
