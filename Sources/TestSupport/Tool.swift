public import Foundation
import Synchronization

/// The program under test, as a user runs it.
public enum Tool {
    /// How it ended, and its words.
    public struct Result: Sendable {
        /// Its exit status.
        public let status: Int32
        /// What it wrote to standard output.
        public let output: String
        /// What it wrote to standard error.
        public let errors: String

        /// A program's end.
        public init(status: Int32, output: String, errors: String) {
            self.status = status
            self.output = output
            self.errors = errors
        }
    }

    /// The program that was built beside these tests, or the one that `FUSEBOX_TOOL` names.
    public static let path: String = {
        if let tool = ProcessInfo.processInfo.environment["FUSEBOX_TOOL"] { return tool }
        let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        return products.appending(path: "fusebox").path
    }()

    /// The repository.
    public static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Starts the program; it is the test's to end.
    public static func start(_ arguments: String..., environment: [String: String] = [:]) throws
        -> Running
    {
        try Running(path, arguments, environment)
    }

    /// Runs the program to its end.
    public static func run(_ arguments: String..., environment: [String: String] = [:]) async throws
        -> Result
    {
        let running = try Running(path, arguments, environment)
        // Read first: what fits no pipe would keep it from ending.
        let output = try running.output.readToEnd()
        let errors = try running.errors.readToEnd()
        return Result(status: await running.end(), output: output, errors: errors)
    }
}

/// A process of a test; ended with it.
public final class Running: Sendable {
    /// What it writes.
    public struct Stream: Sendable {
        let handle: FileHandle

        /// All of it, once it has ended.
        public func readToEnd() throws -> String {
            String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self)
        }

        /// Reads up to a line's end.
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

    /// Sends it a signal.
    public func signal(_ number: Int32) { kill(pid, number) }

    /// Waits for the end; the exit status.
    public func end() async -> Int32 {
        for await status in ended { return status }
        return -1
    }
}
