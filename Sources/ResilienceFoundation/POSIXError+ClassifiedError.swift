public import Foundation
public import Resilience

extension POSIXError: ClassifiedError {
    /// The class of its error number, from ``ErrorNumber``.
    public var errorClass: ErrorClass { ErrorNumber(code.rawValue).errorClass }

    /// The error type, such as `POSIX ECONNREFUSED`.
    public var errorType: String { ErrorNumber(code.rawValue).errorType }
}
