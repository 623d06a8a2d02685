public import NIOCore
public import NIOPosix
public import Resilience

// The errors of SwiftNIO's channels, for strategies around calls that are made with it.

extension IOError: ClassifiedError {
    /// The class of its error number, from ``ErrorNumber``.
    public var errorClass: ErrorClass { ErrorNumber(errnoCode).errorClass }

    /// Such as `POSIX ECONNREFUSED`.
    public var errorType: String { ErrorNumber(errnoCode).errorType }
}

extension ChannelError: ClassifiedError {
    /// A closed or unreachable channel is ``ErrorClass/connection``, a connection that took too long
    /// ``ErrorClass/timeout``; what the program did wrong is ``ErrorClass/invalidInput``.
    public var errorClass: ErrorClass { known.errorClass }

    /// Such as `NIO connectTimeout`.
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
        // A deprecated case, which a switch cannot name, and what later versions add.
        default: ("ChannelError", .other)
        }
    }
}

extension NIOConnectionError: ClassifiedError {
    /// ``ErrorClass/timeout`` where every address was tried and none answered in time, else
    /// ``ErrorClass/connection``: the name was not found, or an address refused.
    public var errorClass: ErrorClass {
        let isSilent = connectionErrors.allSatisfy { failure in
            (failure.error as? any ClassifiedError)?.errorClass == .timeout
        }
        return isSilent && !connectionErrors.isEmpty ? .timeout : .connection
    }
}
