import Foundation
import HostSupport
import TestSupport
import Testing

@testable import DashboardApp

/// Special and binary files as input: every reader reports them at once.
@Suite(.timeLimit(.minutes(1))) struct InputFileTests {
    enum Kind: String, CaseIterable {
        case directory, fifo, socket, device, gzip, xz, bzip2, lz4

        /// Creates a file of this kind. Returns its path.
        func make(in scratch: Scratch, named name: String) throws -> String {
            let path = scratch.file(name)
            switch self {
            case .directory:
                try FileManager.default.createDirectory(
                    atPath: path, withIntermediateDirectories: false)
            case .fifo: #expect(mkfifo(path, 0o600) == 0)
            case .socket: #expect(mknod(path, S_IFSOCK | 0o600, 0) == 0)
            case .device:
                try FileManager.default.createSymbolicLink(
                    atPath: path, withDestinationPath: "/dev/zero")
            case .gzip, .xz, .bzip2, .lz4:
                let bytes: [Kind: [UInt8]] = [
                    .gzip: [0x1F, 0x8B, 8, 0], .xz: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0],
                    .bzip2: Array("BZh9".utf8), .lz4: [4, 0x22, 0x4D, 0x18],
                ]
                try Data(bytes[self] ?? []).write(to: URL(filePath: path))
            }
            return path
        }

        var words: String {
            switch self {
            case .directory, .device: "it is a \(rawValue), not a file"
            case .fifo: "it is a FIFO, not a file"
            case .socket: "it is a socket, not a file"
            case .gzip, .xz, .bzip2, .lz4:
                "it is compressed by \(rawValue); decompress it first, with '\(rawValue) -d'"
            }
        }
    }

    @Test(arguments: Kind.allCases)
    func errorNamesTheKindOfFileGivenAsARecording(_ kind: Kind) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let path = try kind.make(in: scratch, named: "r.ndjson")
        for command in [
            ["export"], ["report"], ["replay", "--json"], ["replay", "--dump-screen", "80x24"],
            ["whatif", "a:b"], ["replay"],
        ] {
            let words = [command[0], path] + command.dropFirst()
            let running = try Running("/usr/bin/env", ["timeout", "20", Tool.path] + words)
            #expect(
                try running.errors.readToEnd().hasPrefix(
                    "fusebox: cannot read \(path): \(kind.words)"),
                "\(command)")
            #expect(await running.end() == 1)
        }
    }

    @Test(arguments: Kind.allCases)
    func errorNamesTheKindOfFileGivenAsConfigThemeOrState(_ kind: Kind) throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let config = try kind.make(in: scratch, named: "config.yaml")
        #expect {
            try Config.load(config)
        } throws: { error in
            (error as? Failure)?.message.hasPrefix("cannot read \(config): \(kind.words)") == true
        }
        let theme = try kind.make(in: scratch, named: "mine.yaml")
        #expect {
            try Themes(directory: scratch.path).load("mine")
        } throws: { error in
            (error as? Failure)?.message.contains("cannot be read: \(kind.words)") == true
        }
        _ = try kind.make(in: scratch, named: "view.json")
        #expect(ViewFile(in: scratch.path).load().notice != nil, "\(theme)")
        _ = try kind.make(in: scratch, named: "commands")
        #expect(CommandHistory(in: scratch.path).load() == [])
    }

    @Test func missingOrEmptyFileIsNoError() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let path = scratch.file("config.yaml")
        #expect(try Config.load(path) == Config())
        try FileManager.default.createSymbolicLink(
            atPath: path, withDestinationPath: "/dev/null")
        #expect(try Config.load(path) == Config())
        #expect(ViewFile(in: scratch.path).load() == ViewFile.Loaded())
    }

    @Test func fileOverTheSizeLimitIsRefused() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let path = scratch.file("large")
        try Data(count: 2 << 20).write(to: URL(filePath: path))
        #expect(throws: InputFile.Refused.tooLarge(limit: 1 << 20)) { try InputFile.read(path) }
    }
}
