import Synchronization

/// The breakers of whose probes a task is a part, for all tasks that run now. Tasks that strategies
/// start for a probe are included. For code outside of tasks, the thread is registered.
///
/// An inner call through the same breaker is part of the same probe, so it must not be rejected
/// because the probe has not ended. A task local would cost every call; this registry costs only
/// probes.
enum Probing {
    /// A task, or a thread that runs no task.
    private enum Runner: Hashable, Sendable {
        case task(Int)
        case thread(UInt)

        static var current: Runner {
            withUnsafeCurrentTask { task in
                task.map { .task($0.hashValue) } ?? .thread(Platform.thread)
            }
        }
    }

    private static let running = Mutex<[Runner: [ObjectIdentifier]]>([:])
    /// The number of registered runners; usually zero.
    private static let count = Atomic(0)

    /// The breakers of whose probes the present task or thread is a part.
    static var breakers: [ObjectIdentifier] {
        guard count.load(ordering: .acquiring) > 0 else { return [] }
        let runner = Runner.current
        return running.withLock { $0[runner] ?? [] }
    }

    /// Registers the present task or thread as part of probes of these breakers, until `leave` was
    /// called as often.
    static func enter(_ breakers: [ObjectIdentifier]) {
        guard !breakers.isEmpty else { return }
        count.add(1, ordering: .acquiringAndReleasing)
        let runner = Runner.current
        running.withLock { $0[runner, default: []] += breakers }
    }

    static func leave(_ breakers: [ObjectIdentifier]) {
        guard !breakers.isEmpty else { return }
        let runner = Runner.current
        running.withLock { running in
            guard let all = running[runner] else { return }
            let left = all.dropLast(breakers.count)
            running[runner] = left.isEmpty ? nil : Array(left)
        }
        count.subtract(1, ordering: .acquiringAndReleasing)
    }
}
