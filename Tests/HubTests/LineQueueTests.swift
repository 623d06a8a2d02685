import ResilienceWire
import Testing

@testable import HubClient

@Suite(.timeLimit(.minutes(1))) struct LineQueueTests {
    let queue = LineQueue()

    func post(_ count: Int) {
        for number in 0..<count { queue.post([Line(at: Int64(number), .beat)]) }
    }

    @Test func queueKeepsTheOrderOfBatches() async throws {
        post(3)
        queue.finish()
        post(1)
        var taken: [Int64] = []
        for try await batch in queue.batches { taken += try batch.decoded().compactMap(\.at) }
        #expect(taken == [0, 1, 2])
    }

    @Test func producersWaitWhileTheQueueIsFull() async throws {
        post(LineQueue.limit - 1)
        await queue.room()
        post(1)
        let (waiting, isWaiting) = AsyncStream<Int>.makeStream()
        let posters = (0..<2).map { number in
            Task {
                await queue.room()
                isWaiting.yield(number)
            }
        }
        var batches = queue.batches.makeAsyncIterator()
        #expect(try await batches.next()?.times == 0...0)
        var passed: Set<Int> = []
        for await number in waiting {
            passed.insert(number)
            if passed.count == 2 { break }
        }
        for poster in posters { await poster.value }
    }

    @Test func cancelOrFinishReleasesWaitingProducers() async {
        post(LineQueue.limit)
        let cancelled = Task { await queue.room() }
        cancelled.cancel()
        await cancelled.value
        let left = Task { await queue.room() }
        queue.finish()
        await left.value
    }

    @Test func cancelEndsTheConsumer() async throws {
        let batches = queue.batches
        let taker = Task {
            for try await _ in batches {}
        }
        taker.cancel()
        try await taker.value
    }
}
