import Foundation
import TestSupport

/// A terminal in a private tmux server. Tests wait for its output, not for a time.
final class TmuxScreen {
    struct NotSeen: Error, CustomStringConvertible {
        let wanted: String
        let screen: String
        var description: String { "waited for '\(wanted)'; the screen was:\n\(screen)" }
    }

    private let server = "fbe-\(UUID().uuidString.prefix(8))"
    private let scratch: Scratch
    private let changes: FileHandle

    init(_ scratch: Scratch, width: Int = 120, height: Int = 40) throws {
        self.scratch = scratch
        let fifo = scratch.file("screen-\(server)")
        guard mkfifo(fifo, 0o600) == 0, let changes = FileHandle(descriptor: fifo) else {
            throw NotSeen(wanted: "a fifo", screen: "")
        }
        self.changes = changes
        try tmux(
            "new-session", "-d", "-x", "\(width)", "-y", "\(height)",
            "env PS1='ready$ ' PATH='\(Self.path)' bash --norc")
        try tmux("set-option", "-s", "set-clipboard", "on")
        try tmux("pipe-pane", "-o", "exec cat > \(fifo)")
    }

    deinit {
        // `kill-server` sends a signal to the server itself, and the server may have inherited a
        // signal mask from the test's thread that blocks it.
        guard let answer = try? tmux("display-message", "-p", "#{pid}"),
            let pid = Int32(answer.trimmingCharacters(in: .whitespacesAndNewlines)), pid > 1
        else { return }
        kill(pid, SIGKILL)
    }

    /// The present text of the screen.
    var text: String { (try? tmux("capture-pane", "-p")) ?? "" }

    /// The last text that a program copied to the clipboard.
    var clipboard: String { (try? tmux("show-buffer")) ?? "" }

    /// The present screen with the sequences for colours and attributes.
    var styledText: String { (try? tmux("capture-pane", "-p", "-e")) ?? "" }

    /// Closes the terminal under its programs.
    func vanish() throws { try tmux("kill-session") }

    /// Types keys by their tmux names.
    func press(_ keys: String...) throws {
        for key in keys { try tmux("send-keys", key) }
    }

    /// Types a text literally.
    func type(_ text: String) throws { try tmux("send-keys", "-l", text) }

    /// Types a command line and runs it.
    func enter(_ line: String) throws {
        try type(line)
        try press("Enter")
    }

    func resize(_ width: Int, _ height: Int) throws {
        try tmux("resize-window", "-x", "\(width)", "-y", "\(height)")
    }

    /// Waits until the screen shows a text. It checks the screen each time that bytes arrive.
    @discardableResult
    func wait(for wanted: String, seconds: Double = 30) throws -> String {
        try wait("'\(wanted)'", seconds: seconds) { $0.contains(wanted) }
    }

    @discardableResult
    func wait(
        _ what: String, seconds: Double = 30, until condition: (String) -> Bool
    ) throws -> String {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while true {
            let screen = text
            if condition(screen) { return screen }
            let rest = deadline.timeIntervalSinceNow
            var descriptor = pollfd(fd: changes.fileDescriptor, events: Int16(POLLIN), revents: 0)
            guard rest > 0, poll(&descriptor, 1, Int32(rest * 1_000)) > 0 else {
                throw NotSeen(wanted: what, screen: screen)
            }
            _ = changes.availableData
        }
    }

    /// Uses the C library directly: on Linux, Foundation's `Process` sometimes reads beyond a page
    /// if many are started (swift-corelibs-foundation, pull request 5472), and each look at the
    /// screen starts one.
    @discardableResult
    private func tmux(_ arguments: String...) throws -> String {
        let words =
            ["env", "TERM=tmux-256color", "LC_ALL=C.UTF-8", "TMUX=", "tmux", "-L", server]
            + ["-f", "/dev/null", "-u"] + arguments
        let line = words.map { "'\($0.replacing("'", with: "'\\''"))'" }.joined(separator: " ")
        guard let stream = popen("exec \(line) 2>/dev/null", "re") else {
            throw NotSeen(wanted: "tmux", screen: "")
        }
        defer { pclose(stream) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = fread(&buffer, 1, buffer.count, stream), count > 0 {
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
}

extension FileHandle {
    /// Opened for reading and writing, so that opening a FIFO does not wait for its writer.
    fileprivate convenience init?(descriptor path: String) {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        self.init(fileDescriptor: descriptor, closeOnDealloc: true)
    }
}
