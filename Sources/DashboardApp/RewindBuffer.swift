import Dashboard
package import Fleet
import Foundation
package import HostSupport
import Recording
package import ResilienceWire
import Synchronization

/// Recordings of the recent past, so that a live dashboard can go back in time.
///
/// Several files are written in turn, and the oldest is deleted, to stay within a size limit. All files are
/// deleted when the dashboard ends.
package final class RewindBuffer: Sendable {
    private struct Files {
        /// The files, oldest first. The last one is being written.
        var paths: [String] = []
        var writer: RecordingWriter?
        var count = 0
        /// The time of the last check that the files exist, in Unix milliseconds.
        var seen: Int64 = 0
        /// The reason why the buffer is off.
        var trouble: String?
    }

    /// The default size limit on disk, in bytes.
    package static let bytes: Int64 = 256_000_000
    /// The longest queue of lines to the disk. Further lines are dropped.
    private static let most = 200_000
    private static let prefix = "past-"
    /// The interval of keyframes. It is long because these local files are read rarely and fast.
    private static let keyframeMS: Int64 = 30_000
    /// The interval of the checks that the files still exist, in milliseconds.
    private static let lookMS: Int64 = 1_000

    private let directory: String
    private let limit: Int64
    private let files = Mutex(Files())
    private let waiting = Atomic(0)
    private let isKeyframeDue = Atomic(true)
    /// Whether lines were dropped.
    private let hasGap = Atomic(false)
    private let queue = DispatchQueue(label: "fusebox.past")

    /// - Parameters:
    ///   - directory: the directory of the files. Files that a crashed dashboard left there are deleted.
    ///   - limit: the size limit in bytes; one keyframe may exceed it.
    package init(in directory: String, limit: Int64 = RewindBuffer.bytes) {
        self.limit = limit
        self.directory = directory
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        for name in names where name.hasPrefix(Self.prefix) {
            let pid = name.dropFirst(Self.prefix.count).prefix { $0 != "-" }
            guard let pid = Int32(pid), kill(pid, 0) != 0, errno == ESRCH else { continue }
            unlink("\(directory)/\(name)")
        }
    }

    /// Appends lines of the stream.
    ///
    /// - Parameter present: returns the present fleet; `nil` while a keyframe arrives. It is called rarely,
    ///   because a second reference to a fleet makes the next line copy what it changes.
    package func take(_ batch: LineBatch, _ present: () -> Fleet?) {
        guard waiting.load(ordering: .relaxed) < Self.most else {
            // A new file starts after the gap.
            hasGap.store(true, ordering: .relaxed)
            return
        }
        let isDue = isKeyframeDue.load(ordering: .relaxed) || hasGap.load(ordering: .relaxed)
        let fleet = isDue ? present() : nil
        let endsGap = fleet != nil && hasGap.exchange(false, ordering: .relaxed)
        waiting.add(batch.count, ordering: .relaxed)
        queue.async { [self] in
            files.withLock { files in
                write(batch, fleet, endsGap: endsGap, &files)
                let at = batch.times?.upperBound ?? 0
                let isDue = files.writer?.isKeyframeDue(at: at) ?? (files.trouble == nil)
                isKeyframeDue.store(isDue, ordering: .relaxed)
            }
            waiting.subtract(batch.count, ordering: .relaxed)
        }
    }

    /// Flushes, and returns the paths of the recordings, oldest first.
    ///
    /// - Throws: ``Failure`` with the reason if there is no recording.
    package func recordings() throws(Failure) -> [String] {
        let (paths, trouble) = queue.sync {
            files.withLock { files in
                files.writer?.flush()
                return (files.paths, files.trouble)
            }
        }
        if paths.isEmpty { throw Failure(.refused, trouble ?? "no data has arrived yet") }
        return paths
    }

    /// Deletes all files.
    package func finish() {
        queue.sync {
            files.withLock { files in
                for path in files.paths { unlink(path) }
                files = Files(trouble: "the dashboard is ending")
            }
        }
    }

    private func write(
        _ batch: LineBatch, _ fleet: Fleet?, endsGap: Bool, _ files: inout Files
    ) {
        guard files.trouble == nil else { return }
        if let at = batch.times?.upperBound, at - files.seen >= Self.lookMS {
            files.seen = at
            forgetRemoved(&files)
        }
        files.writer?.write(batch)
        guard let fleet, fleet.at > 0 else { return }
        let isDue = files.writer?.isKeyframeDue(at: fleet.at) ?? true
        guard isDue || endsGap else { return }
        if files.writer.map({ $0.bytes >= limit / 2 }) ?? true { begin(at: fleet.at, &files) }
        files.writer?.writeKeyframe(
            fleet.keyframe(at: fleet.at, hasHistory: true), at: fleet.at)
        if let lost = files.writer?.lost, lost > 0 {
            for path in files.paths { unlink(path) }
            files = Files(trouble: "the disk cannot be written")
        }
    }

    /// Starts a new file at the next keyframe if another program has deleted the files.
    private func forgetRemoved(_ files: inout Files) {
        files.paths.removeAll { access($0, F_OK) != 0 }
        if files.writer?.isInPlace == false { files.writer = nil }
    }

    private func begin(at time: Int64, _ files: inout Files) {
        files.writer?.flush()
        files.count += 1
        let path = "\(directory)/\(Self.prefix)\(getpid())-\(files.count).ndjson.zst"
        do {
            unlink(path)
            files.writer = try RecordingWriter(
                path: path, fusebox: Program.version, at: time, keyframeMS: Self.keyframeMS)
            files.paths.append(path)
            if files.paths.count > 2 { unlink(files.paths.removeFirst()) }
        } catch {
            files.trouble = "\(error)"
        }
    }
}
