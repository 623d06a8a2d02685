import Foundation
import Glibc
import HostSupport
import Sockets
import Testing

@testable import Hub

/// The file of the audit log, which all hubs of a user share.
@Suite final class AuditLogTests {
    private let directory = TestHub.scratch()
    private var path: String { directory.path + "/audit.ndjson" }
    private static let dayMS: Int64 = 86_400_000

    init() throws { try directory.create() }

    deinit { try? FileManager.default.removeItem(atPath: directory.path) }

    private func rotated(_ number: Int) -> String { AuditLog.rotated(path, number) }

    private func text(_ path: String) -> String? {
        try? String(contentsOfFile: path, encoding: .utf8)
    }

    private func line(at time: Int64) -> [UInt8] {
        Array("{\"t\":\"intent\",\"at\":\(time)}\n".utf8)
    }

    private func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    private func setTime(of path: String, _ time: Int64) {
        let second = timespec(tv_sec: Int(time / 1_000), tv_nsec: 0)
        utimensat(AT_FDCWD, path, [second, second], 0)
    }

    @Test func linesGoToTheFileAtThePathAfterEveryChangeThere() throws {
        var log = AuditLog(path, keepMS: .max)
        let changes: [(name: String, make: () throws -> Void, left: String)] = [
            ("nothing", {}, "1\n"),
            ("removed", { unlink(self.path) }, ""),
            ("moved", { rename(self.path, self.path + ".moved") }, ""),
            ("replaced", { try self.write("x\n", to: self.path) }, "x\n"),
            (
                "part of a line",
                {
                    let file = try #require(fopen(self.path, "a"))
                    fputs("part", file)
                    fclose(file)
                }, "1\npart\n"
            ),
        ]
        for change in changes {
            unlink(path)
            try log.append(Array("1\n".utf8), isSynced: false)
            try change.make()
            try log.append(Array("2\n".utf8), isSynced: true)
            #expect(text(path) == change.left + "2\n", "\(change.name)")
        }
        #expect(text(path + ".moved") == "1\n")
    }

    @Test func writesFailWhileThePathHasNoFileAndSucceedAfterwards() throws {
        var log = AuditLog(path, keepMS: .max)
        try log.append(Array("1\n".utf8), isSynced: false)
        unlink(path)
        mkdir(path, 0o700)
        var failed: LineFile.Failed?
        do throws(LineFile.Failed) {
            try log.append(Array("2\n".utf8), isSynced: false)
        } catch { failed = error }
        #expect(failed != nil)
        rmdir(path)
        try log.append(Array("3\n".utf8), isSynced: false)
        #expect(text(path) == "3\n")
    }

    @Test func hubsRotateALongLogOnce() throws {
        var one = AuditLog(path, keepMS: .max)
        var other = AuditLog(path, keepMS: .max)
        try one.append(Array("1\n".utf8), isSynced: false)
        try other.append(Array("2\n".utf8), isSynced: false)
        #expect(truncate(path, off_t(AuditLog.rotationBytes)) == 0)
        try one.append(Array("3\n".utf8), isSynced: false)
        try other.append(Array("4\n".utf8), isSynced: false)
        #expect(text(path) == "3\n4\n")
        #expect(text(rotated(1))?.utf8.count == AuditLog.rotationBytes)
        #expect(text(rotated(2)) == nil)
    }

    @Test func eightRotatedLogsAreKept() throws {
        var log = AuditLog(path, keepMS: .max)
        for number in 1...10 {
            try log.append(Array("\(number)\n".utf8), isSynced: false)
            truncate(path, off_t(AuditLog.rotationBytes))
        }
        try log.append(Array("11\n".utf8), isSynced: false)
        #expect(text(rotated(1))?.hasPrefix("10\n") == true)
        #expect(text(rotated(8))?.hasPrefix("3\n") == true)
        #expect(text(rotated(9)) == nil)
    }

    /// A line a day, for more than a year, and a look each hour as the hub does.
    @Test(arguments: [1, 8, 30, 90] as [Int64])
    func eachLineIsKeptForItsTimeAndLittleLonger(days: Int64) throws {
        let keepMS = days * Self.dayMS
        var log = AuditLog(path, keepMS: keepMS)
        for hour in 0..<Int64(24 * 400) {
            let now = 1_700_000_000_000 + hour * 3_600_000
            log.tend(at: now)
            if hour % 24 == 0 {
                try log.append(line(at: now), isSynced: false)
                setTime(of: path, now)
            }
            guard hour % 97 == 0 else { continue }
            let files = [path] + (1...AuditLog.rotatedLogs).map(rotated)
            let times = files.compactMap(text).joined().split(separator: "\n").compactMap {
                AuditEntry.time(of: Array($0.utf8))
            }.sorted()
            // No line of the time is missing, and none is much older.
            let written = (0...hour / 24).map { 1_700_000_000_000 + $0 * Self.dayMS }
            #expect(times.filter { now - $0 <= keepMS } == written.filter { now - $0 <= keepMS })
            #expect(times.allSatisfy { now - $0 <= keepMS * 9 / 8 + 2 * Self.dayMS })
        }
    }

    @Test func lookDoesNotCreateALog() {
        var log = AuditLog(path, keepMS: 0)
        log.tend(at: 1_700_000_000_000)
        #expect(text(path) == nil)
    }
}
