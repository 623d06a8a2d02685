import Foundation
import Resilience
import ResilienceFoundation
import TestSupport
import Testing

/// As much of AsyncHTTPClient as the examples name.
private struct HTTPClientError: Error, Equatable {
    let code: Int

    static let connectTimeout = HTTPClientError(code: 1)
    static let readTimeout = HTTPClientError(code: 2)
    static let remoteConnectionClosed = HTTPClientError(code: 3)
    static let invalidURL = HTTPClientError(code: 4)
}

private struct HTTPClientResponse: Sendable {
    struct Status: Sendable { let code: UInt }
    let status: Status
}

private struct HTTPClientRequest: Sendable {}

private struct HTTPClient: Sendable {
    let status: UInt

    func execute(
        _ request: HTTPClientRequest, timeout: Duration
    ) async throws -> HTTPClientResponse {
        HTTPClientResponse(status: .init(code: status))
    }
}

private func load() async throws -> String { throw POSIXError(.ENOENT) }

/// The documentation's examples, compiled and run as they stand there.
@Suite struct FoundationDocumentationTests {
    @Test func foundationsErrors() async throws {
        let policy = try RetryPolicy(maxAttempts: 3, classifier: .standard)
        let page = try? await Retry(policy).call { try await load() }
        #expect(page == nil)
    }

    @Test(arguments: [200, 404, 503] as [UInt]) func asyncHTTPClient(_ status: UInt) async throws {
        let client = HTTPClient(status: status)
        let request = HTTPClientRequest()
        struct UnexpectedStatus: ClassifiedError {
            let status: Int
            var errorClass: ErrorClass { .http(status: status) }
        }

        // README begin
        let http = ErrorClassifier { error in
            switch error {
            case let error as HTTPClientError:
                [.connectTimeout, .readTimeout, .remoteConnectionClosed].contains(error)
            case let error as UnexpectedStatus:
                [429, 502, 503, 504].contains(error.status)
            default:
                ErrorClassifier.standard.isRetryable(error)
            }
        }
        // README end

        let search = Retry(
            try RetryPolicy(
                backoff: Backoff(initial: .milliseconds(1), jitter: .none), classifier: http))
        let outcome = await search.outcome {
            let response = try await client.execute(request, timeout: .seconds(5))
            let status = Int(response.status.code)
            guard status < 400 else { throw UnexpectedStatus(status: status) }
            return response
        }
        #expect(outcome.attempts == (status == 503 ? 3 : 1))
        #expect(http.isRetryable(HTTPClientError.readTimeout))
        #expect(!http.isRetryable(HTTPClientError.invalidURL))
    }

    @Test func everyDocumentationExampleIsCompiled() throws {
        let examples = try CompiledExamples(of: "ResilienceFoundation/ResilienceFoundation.docc")
        #expect(examples.missing.isEmpty)
        #expect(examples.count >= 2)
    }

    @Test func readmeShowsTheSameClassifier() throws {
        let here = URL(fileURLWithPath: #filePath)
        let root = here.deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        let lines = try String(contentsOf: here, encoding: .utf8).split(separator: "\n")
            .map { $0.trimmingCharacters(in: .whitespaces) }
        let begin = try #require(lines.firstIndex(of: "// README begin"))
        let end = try #require(lines.firstIndex(of: "// README end"))
        for line in lines[(begin + 1)..<end] {
            #expect(readme.contains(line), "the README lacks: \(line)")
        }
    }
}
