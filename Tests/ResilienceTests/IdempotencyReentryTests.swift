import TestSupport
import Testing

@testable import Resilience

/// Calls for a key from inside its own operation.
@Suite struct IdempotencyReentryTests {
    typealias Receipts = Idempotency<String, Int, any Error>

    let receipts = Receipts()
    let reentered = Rejection.idempotencyReentered(key: "order")

    /// Calls for a key. Returns the rejection, if any.
    @Sendable func refusal(_ key: String = "order") async -> Rejection? {
        do {
            _ = try await receipts.call(key) { 9 }
            return nil
        } catch {
            return error.rejection
        }
    }

    @Test func nestedCallIsRejectedAndTheOuterOneContinues() async throws {
        let result = try await receipts.call("order") {
            #expect(await refusal() == reentered)
            return 1
        }
        #expect(result == 1)
        #expect(
            reentered.description
                == "idempotency key order was asked for inside its own operation, which would "
                + "wait for itself; do that work without the key, or under another one")
    }

    @Test func nestedBlockingCallIsRejected() throws {
        let result = try receipts.callBlocking("order") {
            let error = #expect(throws: Rejection.self) {
                try receipts.callBlocking("order") { 9 }
            }
            #expect(error?.rejection == reentered)
            return 1
        }
        #expect(result == 1)
    }

    @Test func nestedCallWithAnotherFingerprintIsRejected() async throws {
        _ = try await receipts.call("order", fingerprint: "5 euros") {
            let error = await #expect(throws: Rejection.self) {
                try await receipts.call("order", fingerprint: "9 euros") { 9 }
            }
            #expect(error?.rejection == reentered)
            return 1
        }
    }

    @Test func tasksStartedByTheOperationAreInside() async throws {
        _ = try await receipts.call("order") {
            async let child = refusal()
            let started = Task { await refusal() }
            #expect(await child == reentered)
            #expect(await started.value == reentered)
            return 1
        }
    }

    @Test func reentryIsDetectedThroughOperationsOfOtherKeys() async throws {
        _ = try await receipts.call("order") {
            try await receipts.call("invoice") {
                #expect(await refusal("order") == reentered)
                return 2
            }
        }
    }

    @Test func nestedCallWithAnotherKeyIsAllowed() async throws {
        let result = try await receipts.call("order") {
            try await receipts.call("invoice") { 2 } + 1
        }
        #expect(result == 3)
    }

    @Test func sameKeyOfAnotherInstanceIsAllowed() async throws {
        let others = Receipts()
        let result = try await receipts.call("order") {
            try await others.call("order") { 2 } + 1
        }
        #expect(result == 3)
        let blocked = try blocking {
            try receipts.callBlocking("blocking") { try others.callBlocking("blocking") { 2 } }
        }
        #expect(blocked == 2)
    }

    @Test func keyIsAvailableAfterARejectedReentry() async throws {
        for _ in 0..<2 {
            await #expect(throws: Rejection.self) {
                try await receipts.call("order") {
                    try await receipts.call("order") { 9 }
                }
            }
        }
        #expect(receipts.counts.running == 0 && receipts.counts.waiting == 0)
        #expect(try await receipts.call("order") { 3 } == 3)
    }

    @Test func taskThatOutlivesTheOperationGetsTheResult() async throws {
        let release = OneShot<Void>()
        let late = Journal<Task<Rejection?, Never>>()
        let result = try await receipts.call("order") {
            late.note(
                Task {
                    await release.value
                    return await refusal()
                })
            return 1
        }
        #expect(result == 1)
        release.fill(())
        for task in late.entries { #expect(await task.value == nil) }
        #expect(receipts.counts.replayed == 1)
    }
}
