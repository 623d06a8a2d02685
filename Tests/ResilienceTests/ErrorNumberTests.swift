import Glibc
import Resilience
import Testing

@Suite struct ErrorNumberTests {
    @Test(arguments: [
        (ECONNREFUSED, "ECONNREFUSED", ErrorClass.connection),
        (EHOSTUNREACH, "EHOSTUNREACH", .connection), (EPIPE, "EPIPE", .connection),
        (ETIMEDOUT, "ETIMEDOUT", .timeout), (EAGAIN, "EAGAIN", .unavailable),
        (EBUSY, "EBUSY", .unavailable), (ENOMEM, "ENOMEM", .unavailable),
        (EMFILE, "EMFILE", .unavailable), (EACCES, "EACCES", .authorisation),
        (EPERM, "EPERM", .authorisation), (EKEYEXPIRED, "EKEYEXPIRED", .authentication),
        (ENOENT, "ENOENT", .notFound), (EINVAL, "EINVAL", .invalidInput),
        (EBADF, "EBADF", .invalidInput), (ECANCELED, "ECANCELED", .other),
        (ENOSPC, "ENOSPC", .other), (EIO, "EIO", .other),
    ])
    func errorNumberHasANameAndAClass(_ number: Int32, _ name: String, _ errorClass: ErrorClass) {
        let error = ErrorNumber(number)
        #expect(error.errorType == "POSIX \(name)")
        #expect(error.errorClass == errorClass)
        #expect(error.description == error.errorType)
    }

    @Test func everyNumberOfThisSystemIsKnown() {
        // EHWPOISON is Linux's last number; 41 and 58 are unused.
        let numbers = (1...EHWPOISON).filter { $0 != 41 && $0 != 58 }
        let types = numbers.map { ErrorNumber($0).errorType }
        #expect(types.allSatisfy { $0.hasPrefix("POSIX E") })
        #expect(Set(types).count == numbers.count)
    }

    @Test func unknownErrorNumberIsOther() {
        #expect(ErrorNumber(99_999).errorType == "POSIX 99999")
        #expect(ErrorNumber(99_999).errorClass == .other)
        #expect(ErrorNumber(-1).errorClass == .other)
    }

    @Test func standardClassifierRetriesRefusedConnectionsButNotMissingFiles() {
        #expect(ErrorClassifier.standard.isRetryable(ErrorNumber(ECONNREFUSED)))
        #expect(!ErrorClassifier.standard.isRetryable(ErrorNumber(ENOENT)))
    }
}
