public import NIOCore
public import NIOPosix
public import Resilience

// The classes of SwiftNIO's channel errors, for strategies around calls that use SwiftNIO.

extension IOError: ClassifiedError {
    /// The class of the error number, by ``ErrorNumber``.
    public var errorClass: ErrorClass { ErrorNumber(errnoCode).errorClass }

    /// The name of the error number, such as `POSIX ECONNREFUSED`.
    public var errorType: String { ErrorNumber(errnoCode).errorType }
}

extension ChannelError: ClassifiedError {
    /// The class of the error. A closed or unreachable channel is ``ErrorClass/connection``, a
    /// connection that took too long ``ErrorClass/timeout``, and a mistake of the program
    /// ``ErrorClass/invalidInput``.
    public var errorClass: ErrorClass { known.errorClass }

    /// The name of the error, such as `NIO connectTimeout`.
    public var errorType: String { "NIO \(known.name)" }

    private var known: (name: String, errorClass: ErrorClass) {
        switch self {
        case .connectTimeout: ("connectTimeout", .timeout)
        case .eof: ("eof", .connection)
        case .ioOnClosedChannel: ("ioOnClosedChannel", .connection)
        case .alreadyClosed: ("alreadyClosed", .connection)
        case .outputClosed: ("outputClosed", .connection)
        case .inputClosed: ("inputClosed", .connection)
        case .writeHostUnreachable: ("writeHostUnreachable", .connection)
        case .connectPending: ("connectPending", .invalidInput)
        case .operationUnsupported: ("operationUnsupported", .invalidInput)
        case .writeMessageTooLarge: ("writeMessageTooLarge", .invalidInput)
        case .unknownLocalAddress: ("unknownLocalAddress", .invalidInput)
        case .badMulticastGroupAddressFamily: ("badMulticastGroupAddressFamily", .invalidInput)
        case .badInterfaceAddressFamily: ("badInterfaceAddressFamily", .invalidInput)
        case .illegalMulticastAddress: ("illegalMulticastAddress", .invalidInput)
        case .inappropriateOperationForState: ("inappropriateOperationForState", .invalidInput)
        case .unremovableHandler: ("unremovableHandler", .invalidInput)
        // Covers a deprecated case, which a switch cannot name, and cases that later versions add.
        default: ("ChannelError", .other)
        }
    }
}

extension NIOConnectionError: ClassifiedError {
    /// The class of the error: ``ErrorClass/timeout`` if every address was tried and none answered
    /// in time, otherwise ``ErrorClass/connection``, because the name was not found or an address
    /// refused.
    public var errorClass: ErrorClass {
        let isSilent = connectionErrors.allSatisfy { failure in
            (failure.error as? any ClassifiedError)?.errorClass == .timeout
        }
        return isSilent && !connectionErrors.isEmpty ? .timeout : .connection
    }
}
