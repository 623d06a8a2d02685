/// The executions that the present task is part of, innermost first.
///
/// A task local, so child tasks and `Task { }` inherit it. Tasks that an operation starts are
/// therefore part of its execution.
final class IdempotencyScope: Sendable {
    /// The innermost execution; `nil` outside of executions.
    @TaskLocal static var current: IdempotencyScope?

    private let owner: ObjectIdentifier
    private let execution: Int
    private let outer: IdempotencyScope?

    /// Creates the scope of an execution in the present task.
    init(owner: AnyObject, execution: Int) {
        self.owner = ObjectIdentifier(owner)
        self.execution = execution
        outer = Self.current
    }

    /// Returns whether the present task is part of an execution of `owner`.
    static func isInside(_ execution: Int, of owner: AnyObject) -> Bool {
        var scope = current
        while let inner = scope {
            if inner.execution == execution, inner.owner == ObjectIdentifier(owner) { return true }
            scope = inner.outer
        }
        return false
    }
}
