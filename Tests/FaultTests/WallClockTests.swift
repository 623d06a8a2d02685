import Fleet
import Foundation
import HubClient
import ResilienceWire
import Sockets
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct WallClockTests {
    @Test func wallClockJumpIsReportedAndChangesNoOtherTime() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let mark = scratch.file("jumped")
        let hub = try await scratch.hub(
            under: ["LD_PRELOAD=\(WallClock.library(in: scratch))", "WALL_CLOCK_JUMPED=\(mark)"])
        let agent = try Wire(scratch.sockets, .agent)
        try agent.write([AgentMessage].hello("planner", 1).bytes)
        let viewer = try await scratch.viewer()
        try await viewer.wait { $0.agents.values.first?.strategies["pay"] != nil }
        let before = viewer.fleet.at
        try Data().write(to: URL(fileURLWithPath: mark))
        let jump = try await viewer.next { message -> Int64? in
            if case .clock(let jumpMS) = message { jumpMS } else { nil }
        }
        #expect(abs(jump - 3_600_000) < 1_000)
        try agent.write(.ping, .bye)
        try await viewer.wait { $0.agents.values.first?.state == .gone }
        #expect(viewer.fleet.at - before < 60_000)
        hub.signal(SIGTERM)
        #expect(await hub.end() == 0)
    }
}

/// A wall clock that is an hour fast while a file exists; the monotonic clock is not changed.
private enum WallClock {
    private static let source = """
        #include <stdlib.h>
        #include <sys/syscall.h>
        #include <time.h>
        #include <unistd.h>
        int clock_gettime(clockid_t clock, struct timespec *time) {
            const char *mark = getenv("WALL_CLOCK_JUMPED");
            int result = (int)syscall(SYS_clock_gettime, clock, time);
            if (clock == CLOCK_REALTIME && mark && access(mark, F_OK) == 0) time->tv_sec += 3600;
            return result;
        }
        """

    /// Builds the library that replaces the clock in a program. Returns its path.
    static func library(in scratch: Scratch) async throws -> String {
        let (text, library) = (scratch.file("clock.c"), scratch.file("clock.so"))
        try Data(source.utf8).write(to: URL(fileURLWithPath: text))
        let compiler = try Running(
            "/usr/bin/env", ["clang", "-shared", "-fPIC", "-o", library, text])
        try #require(await compiler.end() == 0)
        return library
    }
}
