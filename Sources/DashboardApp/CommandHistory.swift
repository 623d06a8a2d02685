import Dashboard
import Dispatch
import Foundation
import HostSupport

/// The dashboard's command lines, from one dashboard to the next: a file with a line each, the
/// latest last. Losing it is no harm, so what goes wrong is not told.
package struct CommandHistory: Sendable {
    package let path: String
    /// A disk may take its time, and the screen does not wait for it.
    private let queue = DispatchQueue(label: "fusebox.history")

    /// - Parameter directory: where it is; made for this user alone when something is kept.
    package init(in directory: String) {
        path = "\(directory)/commands"
    }

    /// What was kept.
    package func load() -> [String] {
        guard let bytes = try? InputFile.read(path),
            let text = String(validating: bytes, as: UTF8.self)
        else { return [] }
        return text.split(separator: "\n").map(String.init)
    }

    /// Keeps a line behind those that this dashboard and others kept.
    package func keep(_ line: String) {
        queue.async {
            let kept = (load().filter { $0 != line } + [line]).suffix(State.historyLimit)
            try? PrivateFile.replace(path, by: kept.map { $0 + "\n" }.joined())
        }
    }

    /// Waits until everything is kept.
    package func finish() { queue.sync {} }
}
