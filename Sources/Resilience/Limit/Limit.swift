public import Synchronization

/// A number of a strategy that may be changed while it runs, from the next call on.
///
/// An operator's value is *pinned*: the strategy's own rule does not move it until it is released.
public final class Limit: Sendable {
    /// A limit's value and who set it.
    public struct Reading: Equatable, Sendable {
        /// The present value.
        public let value: Double
        /// Who set it.
        public let by: Author
        /// Held: the strategy's own rule does not move it.
        public let pinned: Bool
    }

    /// A limit went from one value to another.
    public struct Change: Equatable, Sendable {
        /// The value before.
        public let was: Double
        /// The value, who set it, and whether it is held.
        public let now: Reading
        /// Why it changed.
        public let why: String
    }

    /// A value that cannot be taken.
    public struct OutOfBounds: Error, Equatable, Sendable, CustomStringConvertible {
        /// What is wrong with the value, in words.
        public let description: String
    }

    /// One of the standard names, such as `max_attempts`.
    public let name: String
    /// What it counts, such as `attempts` or `ms`.
    public let unit: String
    /// The values that are taken.
    public let bounds: ClosedRange<Double>

    // Read on every call, so beside the lock and not under it.
    @usableFromInline let bits: Atomic<UInt64>
    private let state: Mutex<(by: Author, pinned: Bool, initial: Double, why: String)>
    private let observers = Observers<Change>()

    init(_ name: String, _ value: Double, in bounds: ClosedRange<Double>, unit: String) {
        self.name = name
        self.unit = unit
        self.bounds = bounds
        bits = Atomic(value.bitPattern)
        state = Mutex((by: .policy, pinned: false, initial: value, why: ""))
    }

    /// One like another, with its present value as the policy's.
    convenience init(copying other: Limit) {
        self.init(other.name, other.value, in: other.bounds, unit: other.unit)
    }

    /// The present value.
    @inlinable public var value: Double {
        Double(bitPattern: bits.load(ordering: .relaxed))
    }

    /// The present value, who set it, and whether it is held.
    public var reading: Reading {
        state.withLock { Reading(value: value, by: $0.by, pinned: $0.pinned) }
    }

    /// Sets the value and holds it.
    ///
    /// - Throws: ``OutOfBounds``, and changes nothing, where the value is outside ``bounds`` or,
    ///   in a number of things that was whole, not whole.
    public func pin(_ value: Double, by author: Author) throws(OutOfBounds) {
        guard value >= bounds.lowerBound else {
            throw OutOfBounds(description: "\(name) is at least \(shortest(bounds.lowerBound))")
        }
        guard value <= bounds.upperBound else {
            throw OutOfBounds(description: "\(name) is at most \(shortest(bounds.upperBound))")
        }
        guard value == value.rounded() || !isWhole else {
            throw OutOfBounds(description: "\(name) is a whole number of \(unit)")
        }
        change(to: value, by: author, pinned: true, why: "set by \(author)")
    }

    /// Whether only whole numbers are taken: of all but shares, unless its own numbers are not whole.
    private var isWhole: Bool {
        unit != "share"
            && [value, bounds.lowerBound, bounds.upperBound].allSatisfy { $0 == $0.rounded() }
    }

    /// Gives the limit back to the strategy, at the policy's value.
    public func release(by author: Author) {
        change(to: nil, by: author, pinned: false, why: "released by \(author)")
    }

    /// Moves the value by the strategy's own rule, held to ``bounds``.
    ///
    /// - Parameters:
    ///   - seen: the value that the rule went by; nothing moves where it is no longer that.
    /// - Returns: whether it moved: not while it is pinned, nor to the value that it has.
    @discardableResult
    func move(to wanted: Double, from seen: Double? = nil, why: String) -> Bool {
        let target = min(max(wanted, bounds.lowerBound), bounds.upperBound)
        let change = state.withLock { state -> Change? in
            let was = value
            guard !state.pinned, target != was, seen == nil || seen == was else { return nil }
            bits.store(target.bitPattern, ordering: .relaxed)
            (state.by, state.pinned, state.why) = (.adaptive, false, why)
            let now = Reading(value: target, by: .adaptive, pinned: false)
            return Change(was: was, now: now, why: why)
        }
        guard let change else { return false }
        observers.notify(change)
        return true
    }

    /// Why it has its value; empty while it is the policy's.
    public var why: String { state.withLock { $0.why } }

    /// Calls `observer` after each change, outside of any lock.
    ///
    /// - Returns: takes the observer off again; may be dropped.
    @discardableResult
    public func onChange(_ observer: @escaping @Sendable (Change) -> Void) -> Observation {
        observers.add(observer)
    }

    /// Another policy has come into force: its value is the one to which a release leads, and holds
    /// at once unless it is pinned.
    func rebase(to value: Double, why: String) {
        let change = state.withLock { state -> Change? in
            let was = self.value
            state.initial = value
            guard !state.pinned, value != was else { return nil }
            bits.store(value.bitPattern, ordering: .relaxed)
            (state.by, state.why) = (.agent, why)
            let now = Reading(value: value, by: .agent, pinned: false)
            return Change(was: was, now: now, why: why)
        }
        if let change { observers.notify(change) }
    }

    /// Sets the value, or the policy's where there is none.
    private func change(to wanted: Double?, by author: Author, pinned: Bool, why: String) {
        let change = state.withLock { state in
            let was = self.value
            let value = wanted ?? state.initial
            bits.store(value.bitPattern, ordering: .relaxed)
            (state.by, state.pinned, state.why) = (author, pinned, why)
            return Change(
                was: was, now: Reading(value: value, by: author, pinned: pinned), why: why)
        }
        observers.notify(change)
    }

    private func shortest(_ number: Double) -> String {
        Int64(exactly: number).map(String.init) ?? "\(number)"
    }
}

/// Who changed a breaker or a limit.
public enum Author: String, Sendable {
    /// The strategy's own rule.
    case policy
    /// A rule that follows the results of calls.
    case adaptive
    /// A person, from outside the process.
    case `operator`
    /// The program's own code.
    case agent
}
