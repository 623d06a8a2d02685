public import Synchronization

/// A number of a strategy that can be changed at run time. Each call uses the value at its start.
///
/// An operator's value is *pinned*: the strategy's own rule does not change it until it is
/// released.
public final class Limit: Sendable {
    /// The value of a limit and its author.
    public struct Reading: Equatable, Sendable {
        /// The present value.
        public let value: Double
        /// The author of the value.
        public let by: Author
        /// Whether the value is pinned: the strategy's own rule does not change it.
        public let pinned: Bool
    }

    /// A change of a limit.
    public struct Change: Equatable, Sendable {
        /// The value before.
        public let was: Double
        /// The new value, its author, and whether it is pinned.
        public let now: Reading
        /// The reason for the change.
        public let why: String
    }

    /// A value that the limit rejects.
    public struct OutOfBounds: Error, Equatable, Sendable, CustomStringConvertible {
        /// The reason, as text.
        public let description: String
    }

    /// One of the standard names, such as `max_attempts`.
    public let name: String
    /// The unit, such as `attempts` or `ms`.
    public let unit: String
    /// The accepted values.
    public let bounds: ClosedRange<Double>

    // Read by every call, therefore without the lock.
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

    /// Creates a limit like another one. Its policy value is the other's present value.
    convenience init(copying other: Limit) {
        self.init(other.name, other.value, in: other.bounds, unit: other.unit)
    }

    /// The present value.
    @inlinable public var value: Double {
        Double(bitPattern: bits.load(ordering: .relaxed))
    }

    /// The present value, its author, and whether it is pinned.
    public var reading: Reading {
        state.withLock { Reading(value: value, by: $0.by, pinned: $0.pinned) }
    }

    /// Sets the value and pins it.
    ///
    /// - Throws: ``OutOfBounds``, and changes nothing, if the value is outside ``bounds``, or is
    ///   not whole although the limit accepts only whole numbers.
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

    /// Whether only whole numbers are accepted: for all units except shares, unless the limit's own
    /// numbers are fractional.
    private var isWhole: Bool {
        unit != "share"
            && [value, bounds.lowerBound, bounds.upperBound].allSatisfy { $0 == $0.rounded() }
    }

    /// Resets the limit to the policy's value and lets the strategy's own rule change it again.
    public func release(by author: Author) {
        change(to: nil, by: author, pinned: false, why: "released by \(author)")
    }

    /// Changes the value by the strategy's own rule, clamped to ``bounds``.
    ///
    /// - Parameters:
    ///   - seen: the value that the rule was computed from. If the limit has changed since, the
    ///     call does nothing.
    /// - Returns: whether the value changed. It does not while it is pinned, or if it is equal.
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

    /// The reason for the present value; empty while it is the policy's.
    public var why: String { state.withLock { $0.why } }

    /// Calls `observer` after each change, outside any lock.
    ///
    /// - Returns: a handle that removes the observer; it may be discarded.
    @discardableResult
    public func onChange(_ observer: @escaping @Sendable (Change) -> Void) -> Observation {
        observers.add(observer)
    }

    /// Sets the policy's value after a new policy was registered. The value applies at once, or
    /// after a release if the limit is pinned.
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

    /// Sets the value; `nil` for the policy's value.
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

/// The author of a change to a breaker or a limit.
public enum Author: String, Sendable {
    /// The rules of the policy.
    case policy
    /// A rule that adapts to the results of calls.
    case adaptive
    /// An operator, from outside the process.
    case `operator`
    /// The program's own code.
    case agent
}
