import ResilienceWire
import Testing

@testable import Hub

@Suite struct AlertQueueTests {
    func job(_ number: Int) -> AlertQueue.Job {
        AlertQueue.Job(command: "\(number)", line: Line(.beat))
    }

    @Test func queueRunsFourCommandsAtOnceAndTheOthersInOrder() {
        var queue = AlertQueue()
        for number in 1...6 { _ = queue.add(job(number)) }
        var started = (1...6).map { _ in queue.next()?.command }
        queue.ended()
        started += (1...2).map { _ in queue.next()?.command }
        #expect(started == ["1", "2", "3", "4", nil, nil, "5", nil])
    }

    @Test func fullQueueRefusesCommands() {
        var queue = AlertQueue()
        let taken = (0..<1_000).count { queue.add(job($0)) }
        #expect(taken == AlertQueue.limit)
    }
}
