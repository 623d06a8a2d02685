import Attach
import Dashboard
import Foundation
import Recording
import Sockets
import Synchronization

/// Records what the dashboard looks at, over a connection of its own, so that a slow disk holds up
/// nothing but the recording. It ends with the dashboard.
final class Recorder: Sendable {
    private let hubs: Hubs
    private let recording = Mutex<Task<Void, Never>?>(nil)

    init(_ hubs: Hubs) {
        self.hubs = hubs
    }

    /// Begins a recording; news of it go to the mailbox.
    func start(_ path: String, _ mailbox: Mailbox) {
        let isNew = recording.withLock { task in
            guard task == nil else { return false }
            task = Task {
                let words = await record((path as NSString).expandingTildeInPath, mailbox)
                recording.withLock { $0 = nil }
                mailbox.post(.recording(nil))
                mailbox.post(.notice(words))
            }
            return true
        }
        if !isNew { mailbox.post(.notice("a recording runs already; 'record stop' ends it")) }
    }

    /// Ends the recording; whether there was one.
    @discardableResult
    func stop() -> Bool {
        recording.withLock { task in
            task?.cancel()
            return task != nil
        }
    }

    /// Records until it is stopped or the hub is gone; what came of it, in words.
    private func record(_ path: String, _ mailbox: Mailbox) async -> String {
        do {
            let (_, hub) = try await hubs.connect(as: .view)
            let now = Int64(Date().timeIntervalSince1970 * 1_000)
            let recording = StreamRecording(
                try RecordingWriter(path: path, fusebox: Fusebox.version, at: now))
            do {
                try await withTaskCancellationHandler {
                    try await follow(hub, recording, mailbox)
                } onCancel: {
                    hub.close()
                }
            } catch  where !Task.isCancelled {
                return "the recording \(path) ended: \(error)"
            } catch {}
            hub.close()
            let (written, _, lost) = recording.counts
            let words = lost == 0 ? "" : ", \(lost) lost: the disk did not take them"
            return "recorded \(written) lines into \(path)\(words)"
        } catch {
            return "nothing is recorded: \(error)"
        }
    }

    private func follow(
        _ hub: HubConnection, _ recording: StreamRecording, _ mailbox: Mailbox
    ) async throws {
        let times = Mutex<(since: Int64, told: Int64)?>(nil)
        try await recording.record(
            hub,
            until: { at in
                let since = times.withLock { times -> Int64? in
                    guard times.map({ at - $0.told >= 1_000 }) ?? true else { return nil }
                    times = (times?.since ?? at, at)
                    return times?.since
                }
                if let since {
                    let bytes = recording.counts.bytes
                    mailbox.post(.recording(RecordingNews(since: since, bytes: bytes)))
                }
                return false
            })
    }
}
