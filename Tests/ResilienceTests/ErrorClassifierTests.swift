import Resilience
import TestSupport
import Testing

@Suite struct ErrorClassifierTests {
    /// The guide's lists of retryable and permanent errors.
    static let guide: [(ErrorClass, Bool)] = [
        (.connection, true), (.rateLimited, true), (.unavailable, true), (.timeout, true),
        (.partial, true), (.authentication, false), (.authorisation, false),
        (.invalidInput, false), (.businessRule, false), (.notFound, false), (.other, true),
        (.modelLoading, false), (.inference, false),
        (.http(status: 408), true), (.http(status: 429), true), (.http(status: 500), true),
        (.http(status: 502), true), (.http(status: 503), true), (.http(status: 504), true),
        (.http(status: 400), false), (.http(status: 401), false), (.http(status: 404), false),
        (.http(status: 501), false),
    ]

    @Test(arguments: guide)
    func classesOfTheGuideAreRetriedAsListed(_ row: (ErrorClass, Bool)) {
        #expect(ErrorClassifier.standard.isRetryable(TestError("e", row.0)) == row.1)
    }

    @Test func unclassifiedErrorIsRetriedAndIsAFailure() {
        struct Unknown: Error {}
        #expect(ErrorClassifier.standard.isRetryable(Unknown()))
        #expect(ErrorClassifier.standard.meaning(of: Unknown()) == .failure)
    }

    @Test func nonRetryableErrorIsNeitherUnlessAMeaningIsGiven() {
        let picky = ErrorClassifier { _ in false }
        #expect(picky.meaning(of: TestError("e")) == .neither)
        let told = ErrorClassifier(isRetryable: { _ in false }) { _ in .success }
        #expect(told.meaning(of: TestError("e")) == .success)
        #expect(
            ErrorClassifier.standard.meaning(of: TestError("e", .http(status: 400))) == .neither)
    }

    @Test func httpErrorsAreNamedByTheirStatus() {
        struct Response: ClassifiedError { let errorClass: ErrorClass }
        #expect(Response(errorClass: .http(status: 503)).errorType == "HTTP 503")
        #expect(Response(errorClass: .timeout).errorType == "Response")
    }
}
