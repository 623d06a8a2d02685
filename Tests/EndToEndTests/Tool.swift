import Foundation
import Synchronization

/// The program under test, as a user runs it.
enum Tool {
    struct Result {
        let status: Int32
        let output: String
        let errors: String
    }

    /// The program that was built beside these tests.
    static let path: String = {
        let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        return products.appending(path: "fusebox").path
    }()

    /// The repository.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Starts the program; it is the test's to end.
    static func start(_ arguments: String..., environment: [String: String] = [:]) throws -> Running
    {
        try Running(path, arguments, environment)
    }

    /// Runs the program to its end.
    static func run(_ arguments: String..., environment: [String: String] = [:]) async throws
        -> Result
    {
        let running = try Running(path, arguments, environment)
        let output = running.output.readToEnd
        let errors = running.errors.readToEnd
        return Result(
            status: await running.end(), output: try output(), errors: try errors())
    }
}

/// A process of a test; ended with it.
final class Running: Sendable {
    struct Stream: Sendable {
        let handle: FileHandle

        func readToEnd() throws -> String {
            String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self)
        }

        /// Reads up to a line's end.
        func readLine() throws -> String {
            var line = Data()
            while let byte = try handle.read(upToCount: 1), byte != Data("\n".utf8) {
                line.append(byte)
            }
            return String(decoding: line, as: UTF8.self)
        }
    }

    let output: Stream
    let errors: Stream
    let pid: Int32
    private let ended: AsyncStream<Int32>

    init(_ program: String, _ arguments: [String], _ environment: [String: String] = [:]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let (output, errors) = (Pipe(), Pipe())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        let (ended, continuation) = AsyncStream<Int32>.makeStream()
        process.terminationHandler = { process in
            continuation.yield(process.terminationStatus)
            continuation.finish()
        }
        try process.run()
        self.output = Stream(handle: output.fileHandleForReading)
        self.errors = Stream(handle: errors.fileHandleForReading)
        self.ended = ended
        pid = process.processIdentifier
    }

    func signal(_ number: Int32) { kill(pid, number) }

    /// Waits for the end; the exit status.
    func end() async -> Int32 {
        for await status in ended { return status }
        return -1
    }
}
