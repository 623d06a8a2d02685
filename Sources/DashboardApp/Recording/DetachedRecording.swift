import Foundation
import HostSupport

/// A recording that a dashboard began and that goes on without it: a file in the state directory tells
/// the next dashboard of it.
package struct DetachedRecording: Codable, Equatable {
    package let pid: Int32
    package let path: String
    /// The options that lead to its hub.
    package let arguments: [String]
    /// When it began, in Unix milliseconds.
    package let since: Int64
    /// Lines that the disk did not take, and whether it did not take the last ones.
    package var lost = 0
    package var isStopped = false

    private static let prefix = "recording-"

    /// The one of a hub that still runs, if any; what is left of those that have ended is removed.
    ///
    /// - Parameter directory: where they are told of.
    package static func running(_ arguments: [String], in directory: String) -> DetachedRecording? {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        let pids = names.filter { $0.hasPrefix(prefix) }
            .compactMap { Int32($0.dropFirst(prefix.count)) }
        let all = pids.compactMap { (pid) -> DetachedRecording? in
            guard let one = Self.told(of: pid, in: directory), one.isRunning else {
                unlink(file(of: pid, in: directory))
                return nil
            }
            return one
        }
        return all.filter { $0.arguments == arguments }.max { $0.since < $1.since }
    }

    /// Tells of its losses, of this process's own recording; nothing where nobody told of it.
    package static func tell(_ progress: RecordingProgress, in directory: String) {
        guard var one = told(of: getpid(), in: directory),
            one.lost != progress.lost || one.isStopped != progress.isStopped
        else { return }
        (one.lost, one.isStopped) = (progress.lost, progress.isStopped)
        one.keep(in: directory)
    }

    /// How it stands, as its process tells; `nil` where it has ended.
    package func present(in directory: String) -> DetachedRecording? {
        isRunning ? Self.told(of: pid, in: directory) ?? self : nil
    }

    private static func told(of pid: Int32, in directory: String) -> DetachedRecording? {
        (try? InputFile.read(file(of: pid, in: directory))).flatMap {
            try? JSONDecoder().decode(Self.self, from: Data($0))
        }
    }

    /// Tells of it.
    package func keep(in directory: String) {
        guard let text = try? JSONText.line(self) else { return }
        try? PrivateFile.replace(Self.file(of: pid, in: directory), by: text + "\n")
    }

    /// Tells of it no more.
    package func forget(in directory: String) { unlink(Self.file(of: pid, in: directory)) }

    /// Whether its process is there: another may have its number by now.
    package var isRunning: Bool {
        let words = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline")?
            .split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        return words?.contains("record") == true && words?.last == path
    }

    /// The bytes that it has written.
    package var bytes: Int64 {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }

    private static func file(of pid: Int32, in directory: String) -> String {
        "\(directory)/\(prefix)\(pid)"
    }
}
