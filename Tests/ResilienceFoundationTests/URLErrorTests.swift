import Foundation
import Resilience
import ResilienceFoundation
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

@Suite struct URLErrorTests {
    /// Foundation's own constants with the names and classes that the table of numbers gives them.
    static let table: [(URLError.Code, String, ErrorClass)] = [
        (.cannotFindHost, "cannotFindHost", .connection),
        (.cannotConnectToHost, "cannotConnectToHost", .connection),
        (.networkConnectionLost, "networkConnectionLost", .connection),
        (.dnsLookupFailed, "dnsLookupFailed", .connection),
        (.notConnectedToInternet, "notConnectedToInternet", .connection),
        (.secureConnectionFailed, "secureConnectionFailed", .connection),
        (.internationalRoamingOff, "internationalRoamingOff", .connection),
        (.callIsActive, "callIsActive", .connection),
        (.dataNotAllowed, "dataNotAllowed", .connection),
        (.cannotLoadFromNetwork, "cannotLoadFromNetwork", .connection),
        (.timedOut, "timedOut", .timeout),
        (.resourceUnavailable, "resourceUnavailable", .unavailable),
        (.badServerResponse, "badServerResponse", .unavailable),
        (.zeroByteResource, "zeroByteResource", .unavailable),
        (
            .backgroundSessionInUseByAnotherProcess, "backgroundSessionInUseByAnotherProcess",
            .unavailable
        ),
        (.backgroundSessionWasDisconnected, "backgroundSessionWasDisconnected", .unavailable),
        (.userCancelledAuthentication, "userCancelledAuthentication", .authentication),
        (.userAuthenticationRequired, "userAuthenticationRequired", .authentication),
        (.serverCertificateHasBadDate, "serverCertificateHasBadDate", .authentication),
        (.serverCertificateUntrusted, "serverCertificateUntrusted", .authentication),
        (.serverCertificateHasUnknownRoot, "serverCertificateHasUnknownRoot", .authentication),
        (.serverCertificateNotYetValid, "serverCertificateNotYetValid", .authentication),
        (.clientCertificateRejected, "clientCertificateRejected", .authentication),
        (.clientCertificateRequired, "clientCertificateRequired", .authentication),
        (.noPermissionsToReadFile, "noPermissionsToReadFile", .authorisation),
        (.fileDoesNotExist, "fileDoesNotExist", .notFound),
        (.redirectToNonExistentLocation, "redirectToNonExistentLocation", .notFound),
        (.badURL, "badURL", .invalidInput), (.unsupportedURL, "unsupportedURL", .invalidInput),
        (.fileIsDirectory, "fileIsDirectory", .invalidInput),
        (.dataLengthExceedsMaximum, "dataLengthExceedsMaximum", .invalidInput),
        (.requestBodyStreamExhausted, "requestBodyStreamExhausted", .invalidInput),
        (
            .backgroundSessionRequiresSharedContainer, "backgroundSessionRequiresSharedContainer",
            .invalidInput
        ),
        (.unknown, "unknown", .other), (.cancelled, "cancelled", .other),
        (.httpTooManyRedirects, "httpTooManyRedirects", .other),
        (.cannotDecodeRawData, "cannotDecodeRawData", .other),
        (.cannotDecodeContentData, "cannotDecodeContentData", .other),
        (.cannotParseResponse, "cannotParseResponse", .other),
        (.cannotCreateFile, "cannotCreateFile", .other),
        (.cannotOpenFile, "cannotOpenFile", .other),
        (.cannotCloseFile, "cannotCloseFile", .other),
        (.cannotWriteToFile, "cannotWriteToFile", .other),
        (.cannotRemoveFile, "cannotRemoveFile", .other),
        (.cannotMoveFile, "cannotMoveFile", .other),
        (.downloadDecodingFailedMidStream, "downloadDecodingFailedMidStream", .other),
        (.downloadDecodingFailedToComplete, "downloadDecodingFailedToComplete", .other),
    ]

    @Test func everyCodeHasItsNameAndItsClass() {
        for (code, name, errorClass) in Self.table {
            let error = URLError(code)
            #expect(error.errorType == "URL \(name)")
            #expect(error.errorClass == errorClass, "\(name)")
        }
    }

    @Test func errorOfARealRequestIsClassified() async throws {
        // No server listens on port 1 of the loopback address.
        let url = try #require(URL(string: "http://127.0.0.1:1/"))
        let error = await #expect(throws: URLError.self) {
            _ = try await URLSession.shared.data(from: url)
        }
        #expect(error?.errorClass == .connection)
        #expect(error?.errorType == "URL cannotConnectToHost")
    }
}
