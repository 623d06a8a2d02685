import Resilience
import ResilienceWire
import Synchronization

extension Registry {
    /// Shows the strategy of each key as `strategy/key` from the moment it is created.
    func follow<Key, Base>(_ keyed: Keyed<Key, Monitored<Base>>, as strategy: String) {
        let names = KeyedNames<Key>()
        keyed.onEvent { [weak self] event in
            guard let self else { return }
            switch event {
            case .made(let key, let monitored):
                let target = WireLimits.cut("\(key)", to: WireLimits.nameBytes)
                let name = addKeyed(
                    "\(strategy)/\(key)", known: names[key],
                    target: target.isEmpty ? nil : target, facets: Facets(of: monitored),
                    monitored.meter)
                if let name { names[key] = name }
            case .evicted(let key, _, _):
                if let name = names[key] { retire(name) }
            }
        }
    }
}

/// The names under which keys are shown, at most ``Registry/keyedNameLimit``.
private final class KeyedNames<Key: Hashable & Sendable>: Sendable {
    private let names = Mutex<[Key: String]>([:])

    subscript(key: Key) -> String? {
        get { names.withLock { $0[key] } }
        set { names.withLock { $0[key] = newValue } }
    }
}
