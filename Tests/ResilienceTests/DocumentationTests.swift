import Foundation
import Resilience
import TestSupport
import Testing

private struct Card: Sendable {}
private enum PayError: Error { case declined }
private func charge(_ card: Card) async throws(PayError) -> String {
    if Task.isCancelled { throw .declined }
    return "receipt"
}
private func send(_ answer: (Result<String, any Error>) -> Void) {
    answer(.success("sent"))
}
private func tokens(_ prompt: String) async throws -> AsyncStream<Substring> {
    AsyncStream { continuation in
        for word in prompt.split(separator: " ") { continuation.yield(word) }
        continuation.finish()
    }
}
private func query() async throws -> String { "found" }

private actor Database {
    private var rows: [String: (fingerprint: String?, receipt: String)] = [:]

    func row(_ key: String) throws -> (fingerprint: String?, receipt: String)? { rows[key] }

    func insert(_ key: String, _ fingerprint: String?, _ receipt: String) throws {
        rows[key] = (fingerprint, receipt)
    }
}

/// The documentation's examples, compiled and run without changes.
@Suite struct DocumentationTests {
    private let card = Card()

    @Test func overview() async throws {
        let card = card
        let payments = Pipeline {
            Retry()
            CircuitBreaker()
        }
        let receipt = try await payments.call { try await charge(card) }
        #expect(receipt == "receipt")
    }

    private func errorsAsTheyAre() async throws -> String {
        let (payments, card) = (Pipeline { Retry() }, card)
        do {
            return try await payments.call { try await charge(card) }
        } catch PayError.declined {
            return "declined"
        } catch let rejection as Rejection {
            return "try later: \(rejection)"
        }
    }

    private func errorsWithTheirType() async -> String {
        let (payments, card) = (Pipeline { Retry() }, card)
        do {
            return try await payments.call(throwing: PayError.self) { () throws(PayError) in
                try await charge(card)
            }
        } catch .operation(.declined) {
            return "declined"
        } catch .rejected(let rejection) {
            return "try later: \(rejection)"
        } catch {
            return "failed: \(error)"
        }
    }

    @Test func overviewErrors() async throws {
        #expect(try await errorsAsTheyAre() == "receipt")
        #expect(await errorsWithTheirType() == "receipt")
    }

    @Test func streams() async throws {
        let model = Pipeline {
            Retry()
            CircuitBreaker()
        }
        for try await word in model.stream({ try await tokens("so it is") }) {
            print(word)
        }
        #expect(Facets(of: model).breaker?.snapshot.counts.succeeded == 1)
    }

    @Test func permits() throws {
        let breaker = CircuitBreaker()
        let permit = try breaker.permit()
        send { result in
            switch result {
            case .success: permit.succeeded()
            case .failure(let error): permit.failed(error)
            }
        }
        #expect(breaker.snapshot.counts.succeeded == 1)
    }

    @Test func retrying() async throws {
        let policy = try RetryPolicy(
            maxAttempts: 5,
            backoff: Backoff(initial: .milliseconds(100), maximum: .seconds(10), jitter: .full),
            classifier: .standard)
        let search = Retry(policy)
        let found = try await search.call { try await query() }
        #expect(found == "found")
    }

    private func circuitBreaking() async throws -> String {
        let card = card
        let stripe = CircuitBreaker(
            try CircuitBreakerPolicy(failureThreshold: 5, openFor: .seconds(60), halfOpenCalls: 3))
        do {
            return try await stripe.call { try await charge(card) }
        } catch let rejection as Rejection {
            return "try later: \(rejection)"
        }
    }

    @Test func circuitBreakerExample() async throws {
        #expect(try await circuitBreaking() == "receipt")
    }

    @Test func monitoring() async throws {
        let monitored = Monitored {
            Retry()
            CircuitBreaker()
        }
        _ = try? await monitored.call { try await query() }
        if let summary = monitored.metrics.summary {
            print(summary.successRate ?? 0, summary.retryDistribution, summary.commonErrors)
        }
        #expect(monitored.metrics.ok == 1)
    }

    @Test func timeLimits() async throws {
        let bounded = Pipeline {
            Retry()
            Timeout(.seconds(2))
        }
        let answer = try await bounded.call { try await query() }
        #expect(answer == "found")
    }

    @Test func bulkheads() async throws {
        let places = Bulkhead(
            try BulkheadPolicy(maxConcurrent: 4, queueSize: 8, maxWait: .seconds(2)))
        let row = try await places.call { try await query() }
        #expect(row == "found")
    }

    @Test func adaptiveRetrying() async throws {
        let adaptive = AdaptiveRetry(
            try AdaptiveRetryPolicy(
                minAttempts: 1, maxAttempts: 5, successThreshold: 0.8, window: 100),
            budget: RetryBudget(.finagle))
        let page = try await adaptive.call { try await query() }
        #expect(page == "found")
    }

    @Test func retryBudgets() async throws {
        let budget = RetryBudget(try .tokenBucket(share: 0.2, perSecond: 10, over: .seconds(10)))
        let careful = Retry(budget: budget)
        let reply = try await careful.call { try await query() }
        #expect(reply == "found")
    }

    @Test func hedging() async throws {
        let hedged = Hedge(try HedgePolicy(delay: .milliseconds(50), maxHedges: 1))
        let first = try await hedged.call { try await query() }
        #expect(first == "found")
    }

    @Test func fallingBack() async throws {
        let quotes = Fallback(keyedBy: String.self, answering: String.self)
        let quote = try await quotes.call(cacheKey: "ACME") {
            try await query()
        } fallback: {
            "the mirror's answer"
        }
        #expect(quote.value == "found")
        #expect(quote.source == .primary)
    }

    @Test func contexts() async throws {
        let contexts = ContextualRetry()
        contexts.register(.database, for: "orders")
        let order = try await contexts.call(in: "orders") { try await query() }
        #expect(order == "found")
        let guardedOrders = Monitored {
            contexts.strategy(for: "orders")
            CircuitBreaker()
        }
        #expect(try await guardedOrders.call { try await query() } == "found")
    }

    @Test func idempotence() async throws {
        let receipts = Idempotency<String, String, any Error>()
        let once = try await receipts.call("order-7", fingerprint: "v1") {
            try await query()
        }
        #expect(once == "found")
    }

    @Test func idempotenceInADatabase() async throws {
        struct ReceiptTable: IdempotencyStorage {
            let database: Database

            func load(_ key: String) async throws -> IdempotencyRecord<String, any Error>? {
                guard let row = try await database.row(key) else { return nil }
                return IdempotencyRecord(
                    fingerprint: row.fingerprint, result: .success(row.receipt))
            }

            func save(
                _ record: IdempotencyRecord<String, any Error>, for key: String
            ) async throws {
                guard case .success(let receipt) = record.result else { return }
                try await database.insert(key, record.fingerprint, receipt)
            }
        }
        let database = Database()
        let durable = StoredIdempotency(storage: ReceiptTable(database: database))
        let kept = try await durable.call("order-7") { try await query() }
        #expect(kept == "found")
        #expect(try await database.row("order-7")?.receipt == "found")
    }

    @Test func batches() async throws {
        let batch = BatchRetry()
        let stored = try await batch.call([1, 2, 3]) { items in
            items.map { Result<Int, any Error>.success($0 * 2) }
        }
        #expect(stored.failed.isEmpty)
    }

    @Test func keyedStrategies() async throws {
        let hosts = Keyed(try KeyedPolicy(capacity: 500), by: String.self) { host in
            Pipeline {
                Retry()
                CircuitBreaker()
            }
        }
        let document = try await hosts["example.org"].call { try await query() }
        #expect(document == "found")
    }

    @Test func errorClassification() throws {
        struct SearchFailed: ClassifiedError {
            let status: Int
            var errorClass: ErrorClass { .http(status: status) }
        }
        let retryable = ErrorClassifier.standard.isRetryable(SearchFailed(status: 503))
        #expect(retryable)
        let failed = ResultClassifier { (answer: String) in
            answer.isEmpty ? SearchFailed(status: 503) : nil
        }
        let patient = Retry(maxAttempts: 3, results: failed)
        #expect(try patient.callBlocking { "found" } == "found")
    }

    @Test func composition() throws {
        let guarded = Pipeline {
            CircuitBreaker()
            Retry()
        }
        #expect(try guarded.callBlocking { 1 } == 1)
    }

    @Test func everyExampleOfTheDocumentationIsCompiledHere() throws {
        let examples = try CompiledExamples(of: "Resilience/Resilience.docc")
        #expect(examples.missing == [])
        #expect(examples.count >= 6)
    }
}
