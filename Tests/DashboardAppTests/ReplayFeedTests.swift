import Dashboard
import Foundation
import ResilienceWire
import TestSupport
import Testing

@testable import DashboardApp
@testable import Terminal

/// What a replay does while nothing happens in it.
@Suite(.timeLimit(.minutes(1))) struct ReplayFeedTests {
    /// A recording of a fifth of a second, in a replay.
    private func withReplay(
        _ body: (ReplayFeed, Mailbox, _ start: Int64) async throws -> Void
    ) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let start: Int64 = 1_800_000_000_000
        let agent = #""agent":"a","instance":"\#(String(repeating: "1", count: 32))""#
        let lines = [
            #"{"t":"recording","v":1,"at":\#(start),"fusebox":"0.1.0"}"#,
            #"{"t":"keyframe","at":\#(start),"lines":0}"#,
            #"{"t":"keyframe_end","at":\#(start)}"#,
            #"{"t":"agent_up","at":\#(start + 100),\#(agent),"pid":1,"client":"x"}"#,
            #"{"t":"agent_gone","at":\#(start + 200),\#(agent),"why":"bye"}"#,
        ]
        let file = scratch.file("r.ndjson")
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: file))
        let feed = ReplayFeed(speed: 1) { [file] }
        let mailbox = Mailbox(try Waker())
        feed.start(mailbox)
        defer { feed.stop() }
        try await body(feed, mailbox, start)
    }

    private func events(
        _ mailbox: Mailbox, until condition: (Dashboard.Event) -> Bool
    ) async -> [Dashboard.Event] {
        var events: [Dashboard.Event] = []
        while !events.contains(where: condition) {
            while let event = mailbox.next() { events.append(event) }
            await Task.yield()
        }
        return events
    }

    private static func isEnd(_ event: Dashboard.Event) -> Bool {
        if case .replayEnded = event { true } else { false }
    }

    private static func isLines(_ event: Dashboard.Event) -> Bool {
        if case .batch(let batch) = event { batch.count > 0 } else { false }
    }

    @Test func endedReplayIsIdleAndRespondsToControls() async throws {
        try await withReplay { feed, mailbox, start in
            _ = await events(mailbox, until: Self.isEnd)
            while !feed.isStanding { await Task.yield() }
            #expect(feed.time ?? 0 >= start + 200)
            while mailbox.next() != nil {}
            feed.control(.seek(start))
            let again = await events(mailbox, until: Self.isEnd)
            #expect(again.contains(where: Self.isLines))
            while !feed.isStanding { await Task.yield() }
            #expect(feed.time ?? 0 >= start + 200)
        }
    }

    @Test func pausedReplayIsIdleAndItsTimeStandsStill() async throws {
        try await withReplay { feed, mailbox, start in
            feed.control(.setPaused(true))
            feed.control(.seek(start))
            while !(feed.isStanding && feed.time == start) { await Task.yield() }
            while mailbox.next() != nil {}
            feed.control(.step(1))
            _ = await events(mailbox, until: Self.isLines)
            while !feed.isStanding { await Task.yield() }
            let time = try #require(feed.time)
            feed.control(.setPaused(false))
            #expect(await events(mailbox, until: Self.isEnd).contains(where: Self.isLines))
            #expect(time <= start + 100)
        }
    }
}
