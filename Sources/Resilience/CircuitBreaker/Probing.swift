import Synchronization

/// Of which breakers' probes the tasks that run now are a part, those that strategies start for them
/// included; on a thread without a task, the thread.
///
/// A call that comes through such a breaker again, from further in, is part of the same probe: it must
/// not be rejected because the probe has not ended. Not a task local, which would cost each call that is
/// no probe.
enum Probing {
    /// A task, or a thread that runs none.
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
    /// How many run: mostly none.
    private static let count = Atomic(0)

    /// The breakers of which what runs now is a probe, or a part of one.
    static var breakers: [ObjectIdentifier] {
        guard count.load(ordering: .acquiring) > 0 else { return [] }
        let runner = Runner.current
        return running.withLock { $0[runner] ?? [] }
    }

    /// What runs now becomes a probe of these breakers, or a part of one, until as many leave.
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
