import HostSupport
import Sockets

/// Where the hub stores data, and which of its files cannot be written at present.
struct Storage {
    /// The store; `nil` if the hub stores nothing on disk.
    let store: DurableStore?
    /// Why the state directory cannot be used. `nil` if it can be, or if none is set.
    let trouble: SocketError?
    /// The files that cannot be written at present, each with its error.
    private(set) var failures = DurableStore.Failures()

    init(store: DurableStore?, trouble: SocketError?) {
        self.store = store
        self.trouble = trouble
    }

    /// Records whether a file was written.
    ///
    /// - Returns: whether to report it: it differs from the last write, and the start has not
    ///   already reported a directory that cannot be used.
    mutating func record(_ failure: LineFile.Failed?, of file: DurableStore.File) -> Bool {
        guard failure != failures[file] else { return false }
        failures[file] = failure
        return trouble == nil
    }
}
