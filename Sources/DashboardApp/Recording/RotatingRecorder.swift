import Foundation
package import HostSupport
import HubClient
package import Recording
package import Sockets

/// Records a hub into one file after another in a directory, for as long as the hub runs.
package struct RotatingRecorder: Sendable {
    private let path: String
    private let retention: Retention
    private static let fileAge = Duration.seconds(3_600)

    /// - Throws: ``Failure`` if the path is not a directory, or belongs to another user.
    package init(_ path: String, _ retention: Retention) throws(Failure) {
        self.path = path
        self.retention = retention
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw Failure(.refused, "cannot make \(path): \(error.localizedDescription)")
        }
        do throws(SocketError) {
            try SocketDirectory.checkPrivate(path)
        } catch {
            throw Failure(error)
        }
    }

    /// Records until the task is cancelled. Reports errors, and tries again.
    ///
    /// - Parameter tell: called with whether recording is interrupted, and a message.
    package func record(
        _ sockets: SocketDirectory,
        tell: @escaping @Sendable (_ isStopped: Bool, _ words: String) -> Void
    ) async {
        let lost = LostLines(tell)
        var complaint = ""
        while !Task.isCancelled {
            do {
                try await recordFile(sockets, lost) {
                    if !complaint.isEmpty { tell(false, "recording continues") }
                    complaint = ""
                }
            } catch {
                let words = (error as? Failure)?.message ?? "\(error)"
                if words != complaint {
                    tell(true, "not recording: \(words); trying again every 5 s")
                }
                complaint = words
                try? await Task.sleep(for: .seconds(5))
            }
        }
    }

    private func recordFile(
        _ sockets: SocketDirectory, _ lost: LostLines, begun: () -> Void
    ) async throws {
        let file = try begin()
        let hub = try await HubConnection.open(sockets, as: .view)
        begun()
        defer { hub.close() }
        let end = ContinuousClock.now + Self.fileAge
        let recording = StreamRecording(file)
        try await withTaskCancellationHandler {
            try await recording.record(
                hub,
                until: { progress in
                    lost.look(at: progress)
                    return ContinuousClock.now >= end || progress.bytes >= retention.fileBytes
                })
        } onCancel: {
            hub.close()
        }
    }

    private func begin() throws(Failure) -> sending RecordingWriter {
        let now = Date()
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let day = calendar.dateComponents([.year, .month, .day], from: now)
        let seconds = Int(now.timeIntervalSince1970)
        removeOutdated(at: Int64(seconds) * 1_000)
        // File names have a resolution of one second: a second file within it gets the next second.
        for second in seconds..<seconds + 5 {
            let name = Retention.name(
                year: day.year ?? 0, month: day.month ?? 0, day: day.day ?? 0,
                second: second % 86_400)
            guard !FileManager.default.fileExists(atPath: "\(path)/\(name)") else { continue }
            do throws(RecordingWriter.Failed) {
                return try RecordingWriter(
                    path: "\(path)/\(name)", fusebox: Program.version, at: Int64(seconds) * 1_000)
            } catch {
                throw Failure(.refused, error.description)
            }
        }
        throw Failure(.refused, "\(path) already has recordings of this second")
    }

    private func removeOutdated(at now: Int64) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let files = names.compactMap { name -> Retention.File? in
            guard let found = try? FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")
            else { return nil }
            let changed = (found[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
            return Retention.File(
                name: name, bytes: (found[.size] as? NSNumber)?.int64Value ?? 0,
                changed: Int64(changed * 1_000))
        }
        for name in retention.outdated(files, now: now) { unlink("\(path)/\(name)") }
    }
}
