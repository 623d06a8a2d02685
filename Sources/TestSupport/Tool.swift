public import Foundation
import Synchronization

/// The program under test, as a user runs it.
public enum Tool {
    /// The exit status and the output of a run.
    public struct Result: Sendable {
        /// Its exit status.
        public let status: Int32
        /// What it wrote to standard output.
        public let output: String
        /// What it wrote to standard error.
        public let errors: String

        /// Creates a result.
        public init(status: Int32, output: String, errors: String) {
            self.status = status
            self.output = output
            self.errors = errors
        }
    }

    /// The path of the program: the one built with these tests, or the one that `FUSEBOX_TOOL`
    /// names.
    public static let path: String = {
        if let tool = ProcessInfo.processInfo.environment["FUSEBOX_TOOL"] { return tool }
        let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        return products.appending(path: "fusebox").path
    }()

    /// The root of the repository.
    public static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Starts the program. The test must end it.
    public static func start(_ arguments: String..., environment: [String: String] = [:]) throws
        -> Running
    {
        try Running(path, arguments, environment)
    }

    /// Runs the program and waits for its end.
    public static func run(_ arguments: String..., environment: [String: String] = [:]) async throws
        -> Result
    {
        let running = try Running(path, arguments, environment)
        // The output is read first, because a full pipe would block the program before its end.
        let output = try running.output.readToEnd()
        let errors = try running.errors.readToEnd()
        return Result(status: await running.end(), output: output, errors: errors)
    }
}

/// A child process of a test.
public final class Running: Sendable {
    /// One of the process's output streams.
    public struct Stream: Sendable {
        let handle: FileHandle

        /// Reads to the end of the stream.
        public func readToEnd() throws -> String {
            String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self)
        }

        /// Reads one line.
        public func readLine() throws -> String {
            var line = Data()
            while let byte = try handle.read(upToCount: 1), byte != Data("\n".utf8) {
                line.append(byte)
            }
            return String(decoding: line, as: UTF8.self)
        }
    }

    /// Its standard output.
    public let output: Stream
    /// Its standard error.
    public let errors: Stream
    /// Its process id.
    public let pid: Int32
    private let ended: AsyncStream<Int32>

    /// Starts a program.
    public init(_ program: String, _ arguments: [String], _ environment: [String: String] = [:])
        throws
    {
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

    /// Sends a signal to the process.
    public func signal(_ number: Int32) { kill(pid, number) }

    /// Waits for the end and returns the exit status.
    public func end() async -> Int32 {
        for await status in ended { return status }
        return -1
    }
}
