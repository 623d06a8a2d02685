/// An `errno` of the C library, as an error that knows its class: refused, reset and unreachable
/// connections are ``ErrorClass/connection``, what is taken or used up for the moment is
/// ``ErrorClass/unavailable``. The tables are in `Platform.swift`.
///
/// `POSIXError` (ResilienceFoundation) and SwiftNIO's `IOError` (ResilienceTelemetry) are classified
/// by it.
public struct ErrorNumber: ClassifiedError, Hashable, CustomStringConvertible {
    /// The number, such as `ECONNREFUSED`.
    public let number: Int32

    /// The error of an `errno`.
    public init(_ number: Int32) {
        self.number = number
    }

    /// What kind of failure it is; ``ErrorClass/other`` for a number that the system does not name.
    public var errorClass: ErrorClass {
        Platform.knownErrors[number]?.errorClass ?? .other
    }

    /// `POSIX` and the C library's name, such as `POSIX ECONNREFUSED`; the number itself where it
    /// has no name.
    public var errorType: String {
        "POSIX \(Platform.knownErrors[number]?.name ?? String(number))"
    }

    /// The same as ``errorType``.
    public var description: String { errorType }
}
