import Foundation
import Resilience
import ResilienceFoundation
import Testing

@Suite struct POSIXErrorTests {
    @Test func everyCodeHasTheNameAndClassOfItsNumber() {
        var codes = 0
        for number in Int32(1)...200 {
            guard let code = POSIXErrorCode(rawValue: number) else { continue }
            codes += 1
            let error = POSIXError(code)
            #expect(error.errorType == "POSIX \(code)")
            #expect(error.errorClass == ErrorNumber(number).errorClass)
        }
        #expect(codes > 100)
    }

    @Test func refusedConnectionIsRetriedAndDeniedOneIsNot() {
        let classifier = ErrorClassifier.standard
        #expect(classifier.isRetryable(POSIXError(.ECONNREFUSED)))
        #expect(classifier.isRetryable(POSIXError(.ETIMEDOUT)))
        #expect(classifier.isRetryable(POSIXError(.EAGAIN)))
        #expect(!classifier.isRetryable(POSIXError(.EACCES)))
        #expect(!classifier.isRetryable(POSIXError(.EINVAL)))
    }

    @Test func failedAttemptsAreCountedUnderTheErrorsName() throws {
        let monitored = Monitored(Retry(try RetryPolicy(maxAttempts: 1)))
        _ = try? monitored.callBlocking { throw POSIXError(.ECONNRESET) }
        #expect(monitored.metrics.errors == ["POSIX ECONNRESET": 1])
    }
}
