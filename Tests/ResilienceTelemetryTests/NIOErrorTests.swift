import Foundation
import NIOCore
import NIOPosix
import Resilience
import ResilienceTelemetry
import Testing

@Suite struct NIOErrorTests {
    @Test func ioErrorHasNameAndClassOfItsNumber() {
        for number in [ECONNREFUSED, ECONNRESET, ETIMEDOUT, EMFILE, EACCES, ENOENT, EINVAL] {
            let error = IOError(errnoCode: number, reason: "connect")
            #expect(error.errorType == ErrorNumber(number).errorType)
            #expect(error.errorClass == ErrorNumber(number).errorClass)
        }
        #expect(IOError(errnoCode: ECONNREFUSED, reason: "").errorType == "POSIX ECONNREFUSED")
    }

    static let table: [(ChannelError, String, ErrorClass)] = [
        (.connectTimeout(.seconds(1)), "connectTimeout", .timeout), (.eof, "eof", .connection),
        (.ioOnClosedChannel, "ioOnClosedChannel", .connection),
        (.alreadyClosed, "alreadyClosed", .connection),
        (.outputClosed, "outputClosed", .connection), (.inputClosed, "inputClosed", .connection),
        (.writeHostUnreachable, "writeHostUnreachable", .connection),
        (.connectPending, "connectPending", .invalidInput),
        (.operationUnsupported, "operationUnsupported", .invalidInput),
        (.writeMessageTooLarge, "writeMessageTooLarge", .invalidInput),
        (.unknownLocalAddress, "unknownLocalAddress", .invalidInput),
        (.badMulticastGroupAddressFamily, "badMulticastGroupAddressFamily", .invalidInput),
        (.badInterfaceAddressFamily, "badInterfaceAddressFamily", .invalidInput),
        (.inappropriateOperationForState, "inappropriateOperationForState", .invalidInput),
        (.unremovableHandler, "unremovableHandler", .invalidInput),
    ]

    @Test func channelErrorsHaveNameAndClass() throws {
        for (error, name, errorClass) in Self.table {
            #expect(error.errorType == "NIO \(name)")
            #expect(error.errorClass == errorClass, "\(name)")
        }
        let address = ChannelError.illegalMulticastAddress(
            try SocketAddress(ipAddress: "127.0.0.1", port: 1))
        #expect(address.errorType == "NIO illegalMulticastAddress")
        #expect(address.errorClass == .invalidInput)
    }

    @Test func refusedConnectionIsAConnectionError() async throws {
        // No program listens on port 1 of the local host.
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        let error = await #expect(throws: NIOConnectionError.self) {
            _ = try await bootstrap.connect(host: "localhost", port: 1).get()
        }
        #expect(error?.errorClass == .connection)
        #expect(error?.errorType == "NIOConnectionError")
    }
}
