import Dashboard
import Dispatch
import Foundation

/// The dashboard's command lines, from one dashboard to the next: a file with a line each, the
/// latest last. Losing it is no harm, so what goes wrong is not told.
struct CommandHistory: Sendable {
    let path: String
    /// A disk may take its time, and the screen does not wait for it.
    private let queue = DispatchQueue(label: "fusebox.history")

    /// - Parameter directory: where it is; made for this user alone when something is kept.
    init(in directory: String) {
        path = "\(directory)/commands"
    }

    /// What was kept.
    func load() -> [String] {
        guard let bytes = try? InputFile.read(path),
            let text = String(validating: bytes, as: UTF8.self)
        else { return [] }
        return text.split(separator: "\n").map(String.init)
    }

    /// Keeps a line behind those that this dashboard and others kept.
    func keep(_ line: String) {
        queue.async {
            let kept = (load().filter { $0 != line } + [line]).suffix(State.historyLimit)
            try? PrivateFile.replace(path, by: kept.map { $0 + "\n" }.joined())
        }
    }

    /// Waits until everything is kept.
    func finish() { queue.sync {} }
}
