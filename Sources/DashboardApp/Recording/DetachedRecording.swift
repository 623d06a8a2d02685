import Foundation
import HostSupport

/// A recording that continues after the dashboard that started it has ended.
///
/// A file in the state directory describes it, so that the next dashboard can show and stop it.
package struct DetachedRecording: Codable, Equatable {
    package let pid: Int32
    package let path: String
    /// The command-line options that select its hub.
    package let arguments: [String]
    /// Its start in Unix milliseconds.
    package let since: Int64
    /// The number of lines that the disk did not accept, and whether the latest lines are among them.
    package var lost = 0
    package var isStopped = false

    private static let prefix = "recording-"

    /// Finds a running recording of a hub, and deletes the files of ended recordings.
    ///
    /// - Parameter directory: the directory of the files.
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

    /// Updates the losses in the file of this process's recording, if it has a file.
    package static func tell(_ progress: RecordingProgress, in directory: String) {
        guard var one = told(of: getpid(), in: directory),
            one.lost != progress.lost || one.isStopped != progress.isStopped
        else { return }
        (one.lost, one.isStopped) = (progress.lost, progress.isStopped)
        one.keep(in: directory)
    }

    /// Its progress as its process reports it; `nil` if it has ended.
    package func present(in directory: String) -> DetachedRecording? {
        isRunning ? Self.told(of: pid, in: directory) ?? self : nil
    }

    private static func told(of pid: Int32, in directory: String) -> DetachedRecording? {
        (try? InputFile.read(file(of: pid, in: directory))).flatMap {
            try? JSONDecoder().decode(Self.self, from: Data($0))
        }
    }

    /// Writes its file.
    package func keep(in directory: String) {
        guard let text = try? JSONText.line(self) else { return }
        try? PrivateFile.replace(Self.file(of: pid, in: directory), by: text + "\n")
    }

    /// Deletes its file.
    package func forget(in directory: String) { unlink(Self.file(of: pid, in: directory)) }

    /// Whether its process still runs. The command line is compared, because process ids are reused.
    package var isRunning: Bool {
        let words = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline")?
            .split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        return words?.contains("record") == true && words?.last == path
    }

    /// The size of its file in bytes.
    package var bytes: Int64 {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }

    private static func file(of pid: Int32, in directory: String) -> String {
        "\(directory)/\(prefix)\(pid)"
    }
}
