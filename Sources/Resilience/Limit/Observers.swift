import Synchronization

/// The observers of an event. They are always called outside any lock.
final class Observers<Event: Sendable>: Sendable {
    private typealias Observer = @Sendable (Event) -> Void

    private struct State {
        var nextID = 0
        var all: [(id: Int, observer: Observer)] = []
    }

    private let state = Mutex(State())

    /// Adds an observer. Observers are called in the order in which they were added.
    func add(_ observer: @escaping @Sendable (Event) -> Void) -> Observation {
        let id = state.withLock { state in
            state.nextID += 1
            state.all.append((id: state.nextID, observer: observer))
            return state.nextID
        }
        return Observation { [weak self] in self?.remove(id) }
    }

    func notify(_ event: Event) {
        for (_, observer) in state.withLock({ $0.all }) {
            observer(event)
        }
    }

    private func remove(_ id: Int) {
        // The observer is released outside the lock: it may own the object that it observes.
        let removed = state.withLock { state -> Observer? in
            guard let index = state.all.firstIndex(where: { $0.id == id }) else { return nil }
            return state.all.remove(at: index).observer
        }
        _ = removed
    }
}
