/// An `errno` of the C library as a classified error. Refused, reset and unreachable connections
/// are ``ErrorClass/connection``; resources that are temporarily in use or exhausted are
/// ``ErrorClass/unavailable``. The tables are in `Platform.swift`.
///
/// `POSIXError` (ResilienceFoundation) and SwiftNIO's `IOError` (ResilienceTelemetry) use the same
/// classes.
public struct ErrorNumber: ClassifiedError, Hashable, CustomStringConvertible {
    /// The number, such as `ECONNREFUSED`.
    public let number: Int32

    /// Creates the error for an `errno`.
    public init(_ number: Int32) {
        self.number = number
    }

    /// The class of the error; ``ErrorClass/other`` for an unknown number.
    public var errorClass: ErrorClass {
        Platform.knownErrors[number]?.errorClass ?? .other
    }

    /// `POSIX` and the C library's name, such as `POSIX ECONNREFUSED`; the number if it has no
    /// name.
    public var errorType: String {
        "POSIX \(Platform.knownErrors[number]?.name ?? String(number))"
    }

    /// The same as ``errorType``.
    public var description: String { errorType }
}
