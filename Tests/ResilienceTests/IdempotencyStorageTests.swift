import Synchronization
import TestSupport
import Testing

@testable import Resilience

/// Results in a storage that is slow and fails.
@Suite struct IdempotencyStorageTests {
    typealias Failed = any Error

    let clock = TestClock()
    let executions = Gauge()

    func receipts(
        _ database: RemoteStorage, _ policy: StorageFailurePolicy = .fail
    ) -> StoredIdempotency<RemoteStorage> {
        StoredIdempotency(storage: database, onStorageFailure: policy)
    }

    /// The result is the number of executions.
    func call(
        _ receipts: StoredIdempotency<RemoteStorage>, _ key: String = "order"
    ) -> Task<Result<Int, Failed>, Never> {
        Task {
            do {
                return .success(
                    try await receipts.call(key) {
                        executions.enter()
                        return executions.total
                    })
            } catch {
                return .failure(error)
            }
        }
    }

    @Test func anotherInstanceFindsTheResult() async throws {
        let database = RemoteStorage()
        #expect(try await call(receipts(database)).value.get() == 1)
        let other = receipts(database)
        #expect(try await call(other).value.get() == 1)
        #expect(other.counts.replayed == 1)
        #expect(database.saves == ["order"])
    }

    @Test func concurrentDuplicatesShareOneLookup() async throws {
        let database = RemoteStorage(loadsOn: clock.time)
        let receipts = receipts(database)
        let calls = (0..<50).map { _ in call(receipts) }
        await until { receipts.counts.waiting == 50 && clock.sleeping == 1 }
        #expect(receipts.counts.executed == 0)
        clock.advance(by: .seconds(1))
        for call in calls { #expect(try await call.value.get() == 1) }
        #expect(database.loads == 1 && executions.total == 1)
    }

    @Test(arguments: [0, 1, 2])
    func callerCancelledDuringTheLookupLeavesAtOnce(_ who: Int) async throws {
        let database = RemoteStorage(loadsOn: clock.time)
        let receipts = receipts(database)
        var calls: [Task<Result<Int, Failed>, Never>] = []
        for number in 0..<3 {
            calls.append(call(receipts))
            await until { receipts.counts.waiting == number + 1 }
        }
        await clock.sleepers()
        calls[who].cancel()
        // At once: the clock does not advance.
        #expect(await calls[who].value.error?.isCancelled == true)
        clock.advance(by: .seconds(1))
        for (number, call) in calls.enumerated() where number != who {
            #expect(try await call.value.get() == 1)
        }
        #expect(database.loads == 1)
    }

    @Test func lookupIsCancelledWithTheLastCallerAndIsNotAFailure() async throws {
        let database = RemoteStorage(loadsOn: clock.time)
        let receipts = receipts(database)
        let abandoned = call(receipts)
        await clock.sleepers()
        abandoned.cancel()
        #expect(await abandoned.value.error?.isCancelled == true)
        await until { receipts.counts.running == 0 }
        #expect(clock.sleeping == 0)
        #expect(receipts.counts.executed == 0 && receipts.counts.storageFailures == 0)
        let anew = call(receipts)
        await clock.sleepers()
        clock.advance(by: .seconds(1))
        #expect(try await anew.value.get() == 1)
    }

    @Test func callerThatJoinsAnAbandonedLookupStartsANewOne() async throws {
        let release = OneShot<Void>()
        let database = RemoteStorage(loadsAfter: release)
        let receipts = receipts(database)
        let abandoned = call(receipts)
        await until { database.loads == 1 }
        abandoned.cancel()
        _ = await abandoned.value
        let late = call(receipts)
        await until { receipts.counts.waiting == 1 }
        release.fill(())
        #expect(try await late.value.get() == 1)
        #expect(database.loads == 2)
    }

    @Test func resultIsSavedEvenIfTheLastCallerLeaves() async throws {
        let database = RemoteStorage(savesOn: clock.time)
        let receipts = receipts(database)
        let caller = call(receipts)
        await clock.sleepers()
        caller.cancel()
        #expect(await caller.value.error?.isCancelled == true)
        #expect(database.saves == [])
        clock.advance(by: .seconds(1))
        await until { receipts.counts.running == 0 }
        #expect(database.saves == ["order"])
        #expect(try await call(receipts).value.get() == 1)
        #expect(executions.total == 1)
    }

    @Test func callersGetTheResultAfterItIsSaved() async throws {
        let database = RemoteStorage(savesOn: clock.time)
        let receipts = receipts(database)
        let first = call(receipts)
        await clock.sleepers()
        // Executed but not saved: a caller that arrives now waits for the same result.
        let second = call(receipts)
        await until { receipts.counts.waiting == 2 }
        clock.advance(by: .seconds(1))
        #expect(try await first.value.get() == 1)
        #expect(try await second.value.get() == 1)
    }

    @Test func failedLookupFailsTheCallWithoutRunningTheOperation() async throws {
        let database = RemoteStorage(loadsOn: clock.time)
        let errors = Journal<String>()
        let receipts = StoredIdempotency(storage: database) { errors.note("\($0): \($1)") }
        database.fails.raise()
        let calls = (0..<2).map { _ in call(receipts) }
        await until { receipts.counts.waiting == 2 && clock.sleeping == 1 }
        clock.advance(by: .seconds(1))
        let rejection = Rejection.idempotencyStorageFailed(key: "order", reason: "no route")
        for call in calls { #expect(await call.value.error?.rejection == rejection) }
        #expect(
            rejection.description
                == "idempotency storage failed for key order, so nothing was carried out: no route")
        #expect(executions.total == 0 && receipts.counts.storageFailures == 1)
        #expect(errors.entries == ["order: no route"])
    }

    @Test func executeAnywayRunsTheOperationAfterAFailedLookup() async throws {
        let database = RemoteStorage()
        let receipts = receipts(database, .executeAnyway)
        database.fails.raise()
        #expect(try await call(receipts).value.get() == 1)
        #expect(try await call(receipts).value.get() == 2)
        // Each time both the lookup and the save failed.
        #expect(receipts.counts.storageFailures == 4)
        #expect(receipts.counts.unsaved == 0)
    }

    @Test func unsavedResultAnswersLaterCallsUntilItIsSaved() async throws {
        let database = RemoteStorage()
        let receipts = receipts(database)
        database.failsToSave.raise()
        for _ in 0..<3 { #expect(try await call(receipts).value.get() == 1) }
        #expect(executions.total == 1)
        #expect(receipts.counts.unsaved == 1 && receipts.counts.storageFailures == 3)
        database.failsToSave.lower()
        #expect(try await call(receipts).value.get() == 1)
        #expect(database.saves == ["order"] && receipts.counts.unsaved == 0)
        #expect(try await call(receipts).value.get() == 1)
        #expect(database.saves == ["order"] && executions.total == 1)
    }

    @Test func anotherFingerprintForAnUnsavedResultIsRejected() async throws {
        let database = RemoteStorage()
        let receipts = receipts(database)
        database.failsToSave.raise()
        _ = try await receipts.call("order", fingerprint: "5 euros") { 1 }
        let error = await #expect(throws: Rejection.self) {
            try await receipts.call("order", fingerprint: "9 euros") { 2 }
        }
        #expect(error?.rejection == .fingerprintMismatch(key: "order"))
    }

    @Test func callersGetAResultThatCouldNotBeSaved() async throws {
        for policy in StorageFailurePolicy.allCases {
            let database = RemoteStorage()
            let receipts = receipts(database, policy)
            database.failsToSave.raise()
            let first = try await call(receipts).value.get()
            let second = try await call(receipts).value.get()
            #expect((first == second) == (policy == .fail))
        }
    }

    @Test func unsavedResultsAreBounded() async throws {
        let database = RemoteStorage()
        let receipts = receipts(database)
        database.failsToSave.raise()
        for number in 0..<1_500 {
            _ = try await receipts.call("order \(number)") { number }
        }
        #expect(receipts.counts.unsaved == 1_000)
        #expect(try await receipts.call("order 1499") { -1 } == 1_499)
        #expect(try await receipts.call("order 0") { -1 } == -1)
    }

    @Test func blockingCallsFollowTheSamePolicies() throws {
        for policy in StorageFailurePolicy.allCases {
            let file = File()
            let receipts = StoredIdempotency(storage: file, onStorageFailure: policy)
            file.failsToSave.raise()
            #expect(try receipts.callBlocking("order") { 1 } == 1)
            #expect(try receipts.callBlocking("order") { 2 } == (policy == .fail ? 1 : 2))
            file.failsToSave.lower()
            #expect(try receipts.callBlocking("order") { 3 } == (policy == .fail ? 1 : 3))
            #expect(receipts.counts.unsaved == 0)
            file.fails.raise()
            switch policy {
            case .fail:
                let error = #expect(throws: Rejection.self) { try receipts.callBlocking("b") { 1 } }
                #expect(
                    error?.rejection == .idempotencyStorageFailed(key: "b", reason: "disk full"))
            case .executeAnyway:
                #expect(try receipts.callBlocking("b") { 1 } == 1)
            }
        }
    }

    @Test func failedLookupIsCountedAsARejectedCall() async throws {
        let database = RemoteStorage()
        let monitored = Monitored(receipts(database))
        #expect(try await monitored.call("order") { 1 } == 1)
        database.fails.raise()
        await #expect(throws: Rejection.self) { try await monitored.call("order") { 2 } }
        #expect(monitored.metrics.ok == 1 && monitored.metrics.rejected == 1)
        #expect(monitored.base.meter.counts.storageFailures == 1)
    }
}

/// A switch that is raised and lowered.
final class Switch: Sendable {
    private let isOn = Atomic(false)

    var isRaised: Bool { isOn.load(ordering: .acquiring) }

    func raise() { isOn.store(true, ordering: .releasing) }

    func lower() { isOn.store(false, ordering: .releasing) }
}

private struct StorageError: Error, CustomStringConvertible {
    let description: String
}

/// A remote storage that can take a second or fail.
final class RemoteStorage: IdempotencyStorage {
    typealias Record = IdempotencyRecord<Int, any Error>

    let fails = Switch()
    let failsToSave = Switch()
    private let loadTime: TimeSource?
    private let saveTime: TimeSource?
    private let gate: OneShot<Void>?
    private let state = Mutex<(records: [String: Record], loads: Int, saves: [String])>(
        ([:], 0, []))

    init(
        loadsOn loadTime: TimeSource? = nil, savesOn saveTime: TimeSource? = nil,
        loadsAfter gate: OneShot<Void>? = nil
    ) {
        self.loadTime = loadTime
        self.saveTime = saveTime
        self.gate = gate
    }

    var loads: Int { state.withLock { $0.loads } }
    var saves: [String] { state.withLock { $0.saves } }

    func load(_ key: String) async throws -> Record? {
        state.withLock { $0.loads += 1 }
        await gate?.value
        try await loadTime?.sleep(for: .seconds(1))
        if fails.isRaised { throw StorageError(description: "no route") }
        return state.withLock { $0.records[key] }
    }

    func save(_ record: Record, for key: String) async throws {
        try await saveTime?.sleep(for: .seconds(1))
        if fails.isRaised || failsToSave.isRaised { throw StorageError(description: "no route") }
        state.withLock { state in
            state.records[key] = record
            state.saves.append(key)
        }
    }
}

/// A storage that answers at once and can fail.
private final class File: BlockingIdempotencyStorage {
    typealias Record = IdempotencyRecord<Int, any Error>

    let fails = Switch()
    let failsToSave = Switch()
    private let records = Mutex<[String: Record]>([:])

    func loadBlocking(_ key: String) throws -> Record? {
        if fails.isRaised { throw StorageError(description: "disk full") }
        return records.withLock { $0[key] }
    }

    func saveBlocking(_ record: Record, for key: String) throws {
        if fails.isRaised || failsToSave.isRaised { throw StorageError(description: "disk full") }
        records.withLock { $0[key] = record }
    }
}
