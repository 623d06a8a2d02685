import Dashboard
import Dispatch
import Foundation
import HostSupport

/// The command lines of this and earlier sessions: a file with one command per line, the latest last.
///
/// Errors are ignored, because a lost history does no harm.
package struct CommandHistory: Sendable {
    package let path: String
    /// Writes happen on this queue, so that a slow disk does not delay the screen.
    private let queue = DispatchQueue(label: "fusebox.history")

    /// - Parameter directory: the directory of the file; created with mode 0700 at the first write.
    package init(in directory: String) {
        path = "\(directory)/commands"
    }

    /// Reads the stored lines.
    package func load() -> [String] {
        guard let bytes = try? InputFile.read(path),
            let text = String(validating: bytes, as: UTF8.self)
        else { return [] }
        return text.split(separator: "\n").map(String.init)
    }

    /// Appends a line to those of this and other dashboards.
    package func keep(_ line: String) {
        queue.async {
            let kept = (load().filter { $0 != line } + [line]).suffix(State.historyLimit)
            try? PrivateFile.replace(path, by: kept.map { $0 + "\n" }.joined())
        }
    }

    /// Waits for all writes.
    package func finish() { queue.sync {} }
}
