import Foundation
import HostSupport
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Hub

/// A disk whose writes block until the test releases them.
private final class HungDisk: Sendable {
    private let gate = DispatchSemaphore(value: 0)
    let written = Mutex<[String]>([])

    func release() { gate.signal() }

    var writing: DurableStore.Writing {
        { [self] (_, bytes, _) throws(LineFile.Failed) in
            gate.wait()
            gate.signal()
            written.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct HungDiskTests {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    fileprivate let disk = HungDisk()

    fileprivate func ledger(_ system: SystemLog) -> DurableStore {
        let places = StatePlaces("/nowhere", for: TestHub.scratch())
        return DurableStore(
            places, loop, patience: .seconds(1), system: system, writing: disk.writing)
    }

    fileprivate func write(_ line: String, _ ledger: DurableStore) async -> DurableStore.Failures {
        await withCheckedContinuation { continuation in
            ledger.write([.audit: Array("\(line)\n".utf8)], isIntent: true) {
                continuation.resume(returning: $0)
            }
        }
    }

    @Test func auditEntriesGoToTheSystemLogWhenTheDiskIsSlow() async {
        let (told, telling) = AsyncStream<String>.makeStream()
        let ledger = ledger(SystemLog { telling.yield($0) })
        var words = told.makeAsyncIterator()
        // The first entry is being written, the second waits.
        for line in ["one", "two"] {
            #expect(await write(line, ledger) == [.audit: .slow])
            #expect(await words.next() == "fusebox: \(line)")
        }
        disk.release()
        #expect(await write("three", ledger).isEmpty)
        // The entry that went to the system log is no longer kept here.
        #expect(disk.written.withLock { $0 } == ["one\n", "three\n"])
        await ledger.close()
    }

    @Test func closeDoesNotWaitForAHungDiskAndLosesNoEntry() async {
        let told = Mutex<[String]>([])
        let ledger = ledger(SystemLog { words in told.withLock { $0.append(words) } })
        for line in ["one", "two"] { ledger.write([.audit: Array("\(line)\n".utf8)]) { _ in } }
        await ledger.close()
        #expect(told.withLock { $0 } == ["fusebox: one", "fusebox: two"])
        disk.release()
    }

    @Test func hungSystemLogUsesBoundedMemory() async {
        let gate = DispatchSemaphore(value: 0)
        let (told, telling) = AsyncStream<String>.makeStream()
        let log = SystemLog { words in
            telling.yield(words)
            gate.wait()
            gate.signal()
        }
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 1_023) + [UInt8(ascii: "\n")]
        var words = told.makeAsyncIterator()
        log.tell(line)
        #expect(await words.next()?.hasSuffix("xx") == true)
        // The log is blocked on the first line; lines up to the limit wait.
        for _ in 0..<3_000 { log.tell(line) }
        gate.signal()
        for _ in 0..<1_024 { #expect(await words.next()?.hasSuffix("xx") == true) }
        let last = await words.next()
        #expect(last?.hasPrefix("fusebox: 1976 audit lines were dropped") == true)
        await log.close(within: .seconds(30), on: loop)
    }
}
