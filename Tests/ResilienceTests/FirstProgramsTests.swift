import Foundation
import Resilience
import Testing

// Stands for the reader's own code.
private struct Request: Sendable { var path = "/" }
private struct Response: Sendable {
    var status = 200
    var headers: [String: String] = [:]
    var body = "body"
}
private struct HTTPError: ClassifiedError {
    let response: Response
    var errorClass: ErrorClass { .http(status: response.status) }
    var retryAfter: RetryAfter? {
        response.headers["Retry-After"].flatMap { RetryAfter(header: $0) }
    }
}
private enum PayError: Error { case declined, unreachable }
private struct Card: Sendable {}
private struct Client: Sendable {
    var answer = Response()
    func send(_ request: Request) async throws -> Response { answer }
    func charge(_ card: Card) async throws(PayError) -> String { throw .declined }
    func tokens(_ prompt: String) async throws -> AsyncStream<String> {
        AsyncStream { continuation in
            for word in prompt.split(separator: " ") { continuation.yield(String(word)) }
            continuation.finish()
        }
    }
}
/// A type of a library without concurrency annotations.
private final class Row {
    var columns = ["a"]
}

/// Typical first programs, compiled and run.
@Suite struct FirstProgramsTests {
    private let client = Client()

    @Test func retryARequest() async throws {
        let client = client
        let retry = Retry(maxAttempts: 5, classifier: .standard)
        let response = try await retry.call { try await client.send(Request()) }
        #expect(response.status == 200)
    }

    @Test func catchTheOperationsErrors() async {
        let (client, retry) = (client, Retry(maxAttempts: 2, backoff: .none))
        var answer = ""
        do {
            answer = try await retry.call { try await client.charge(Card()) }
        } catch PayError.declined {
            answer = "declined"
        } catch {
            answer = "failed: \(error)"
        }
        #expect(answer == "declined")
    }

    @Test func catchThemWithTheirType() async {
        let (client, retry) = (client, Retry(maxAttempts: 1))
        do {
            _ = try await retry.call(throwing: PayError.self) { () throws(PayError) in
                try await client.charge(Card())
            }
        } catch .operation(let error) {
            switch error {
            case .declined: break
            case .unreachable: Issue.record("it can be reached")
            }
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test func guardAServiceAndReportWhenToRetry() async throws {
        let client = client
        let breaker = CircuitBreaker(failureThreshold: 3, openFor: .seconds(30))
        breaker.forceOpen(for: .seconds(60))
        do {
            _ = try await breaker.call { try await client.send(Request()) }
        } catch Rejection.circuit(_, _, let probeIn) {
            #expect(probeIn.map { $0 > .seconds(50) } == true)
        }
        breaker.reset()
        #expect(try await breaker.call { try await client.send(Request()) }.status == 200)
    }

    @Test func combineStrategies() async throws {
        let client = client
        let isInteractive = true
        let search = Pipeline {
            Retry(maxAttempts: 3, backoff: .exponential(from: .milliseconds(50), upTo: .seconds(2)))
            CircuitBreaker(failureThreshold: 5)
            if isInteractive {
                Hedge(after: .milliseconds(80), maxHedges: 1)
            }
            Timeout(.seconds(2))
            Bulkhead(maxConcurrent: 20, queueSize: 50, maxWait: .milliseconds(200))
        }
        #expect(try await search.call { try await client.send(Request()) }.body == "body")
    }

    @Test func buildAPipelineInALoop() async throws {
        let client = client
        let limits = Pipeline {
            for seconds in [10, 2] { Timeout(.seconds(seconds)) }
            switch client.answer.status {
            case 200: Retry(maxAttempts: 2)
            default: CircuitBreaker()
            }
        }
        #expect(try await limits.call { try await client.send(Request()) }.status == 200)
        #expect(Facets(of: limits).kinds == ["timeout", "timeout", "retry"])
    }

    @Test func retryAStatusThatTheClientDoesNotThrow() async throws {
        var client = client
        client.answer = Response(status: 503, headers: ["Retry-After": "0"])
        let unavailable = ResultClassifier { (response: Response) in
            response.status >= 500 ? HTTPError(response: response) : nil
        }
        let retry = Retry(maxAttempts: 3, backoff: .none, results: unavailable)
        let outcome = await retry.outcome { [client] in try await client.send(Request()) }
        #expect(try outcome.result.get().status == 503)
        #expect(outcome.attempts == 3)
    }

    @Test func retryOnlySomeErrors() async throws {
        let classifier = ErrorClassifier { error in
            switch error {
            case PayError.unreachable: true
            case let error as HTTPError: error.response.status >= 500
            default: false
            }
        }
        let (client, retry) = (client, Retry(maxAttempts: 5, classifier: classifier))
        let outcome = await retry.outcome { try await client.charge(Card()) }
        #expect(outcome.attempts == 1)
        #expect(outcome.stopped == .notRetryable)
    }

    actor Counter {
        private(set) var calls = 0
        private let retry = Retry(maxAttempts: 3, backoff: .none)

        func refresh() async throws -> Int {
            try await retry.call {
                self.calls += 1
                if self.calls < 3 { throw URLError(.timedOut) }
                return self.calls
            }
        }
    }

    @Test func useTheStateOfAnActor() async throws {
        #expect(try await Counter().refresh() == 3)
    }

    @Test func returnAValueThatIsNotSendable() async throws {
        let retry = Pipeline {
            Retry(maxAttempts: 3)
            CircuitBreaker()
        }
        let row = try await retry.call { Row() }
        row.columns.append("b")
        #expect(row.columns.count == 2)
    }

    @Test func answerFromTheCache() async throws {
        let client = client
        let pages = Fallback(keyedBy: String.self, answering: String.self)
        let page = try await pages.call(cacheKey: "/") {
            try await client.send(Request()).body
        } fallback: {
            "an older page"
        }
        #expect(page.value == "body")
        #expect(page.source == .primary)
    }

    @Test func streamAnAnswer() async throws {
        let client = client
        let model = Monitored {
            Retry(maxAttempts: 3)
            CircuitBreaker(failureThreshold: 5)
        }
        var words: [String] = []
        for try await word in model.stream({ try await client.tokens("so it is") }) {
            words.append(word)
        }
        #expect(words == ["so", "it", "is"])
        #expect(model.metrics.ok == 1)
    }

    @Test func limitTheRetriesOfAllCallers() async throws {
        let client = client
        let budget = RetryBudget(.finagle)
        let reads = Retry(maxAttempts: 3, budget: budget)
        let writes = Pipeline {
            Retry(maxAttempts: 2, budget: budget)
            Hedge(after: .milliseconds(100), budget: budget)
        }
        _ = try await reads.call { try await client.send(Request()) }
        _ = try await writes.call { try await client.send(Request()) }
        #expect(budget.snapshot.denied == 0)
    }

    @Test func reportAttemptsAndErrors() async throws {
        let client = client
        let monitored = Monitored { Retry(maxAttempts: 3) }
        for _ in 0..<10 { _ = try await monitored.call { try await client.send(Request()) } }
        let summary = try #require(monitored.metrics.summary)
        #expect(summary.total == 10)
        #expect(summary.successRate == 1)
    }

    @Test func retryTheFailedItemsOfABatch() async throws {
        let batch = BatchRetry()
        let outcome = try await batch.call([1, 2, 3]) { items in
            items.map { Result<Int, PayError>.success($0 * 2) }
        }
        #expect(outcome.failed.isEmpty)
    }

    @Test func callOnAThread() throws {
        let retry = Retry(maxAttempts: 3, backoff: .none)
        let text = try retry.callBlocking { String(decoding: Data("text".utf8), as: UTF8.self) }
        #expect(text == "text")
    }

    @Test func readThePolicyFromAConfigurationFile() throws {
        let settings = ["max_attempts": 0]
        let error = #expect(throws: PolicyError.self) {
            try RetryPolicy(maxAttempts: settings["max_attempts"] ?? 3)
        }
        #expect(error?.description == "RetryPolicy.maxAttempts must be 1 to 1000000, not 0")
    }

    @Test func restoreABreakersStateAfterARestart() throws {
        let breaker = CircuitBreaker(failureThreshold: 1)
        try? breaker.callBlocking { throw PayError.unreachable }
        let stored = try JSONEncoder().encode(breaker.saved)
        let saved = try JSONDecoder().decode(CircuitBreaker.Saved.self, from: stored)
        let restarted = CircuitBreaker(initially: saved.elapsed(.seconds(5)))
        #expect(throws: Rejection.self) { try restarted.callBlocking {} }
    }

    @Test func executeAPaymentOnce() async throws {
        let receipts = Idempotency<String, String, any Error>()
        let charge = Retry(maxAttempts: 3)
        for _ in 0..<2 {
            let receipt = try await receipts.call("order-7", fingerprint: "5 EUR", under: charge) {
                "receipt"
            }
            #expect(receipt == "receipt")
        }
        #expect(receipts.counts.executed == 1)
    }

    @Test func guardEachHostSeparately() async throws {
        let client = client
        let hosts = Keyed(try KeyedPolicy(capacity: 500), by: String.self) { host in
            CircuitBreaker(failureThreshold: 1)
        }
        try? await hosts["down.example"].call { throw PayError.unreachable }
        #expect(
            try await hosts["up.example"].call { try await client.send(Request()) }.status == 200)
        await #expect(throws: Rejection.self) { try await hosts["down.example"].call {} }
    }
}
