public import Foundation
public import Resilience

extension URLError: ClassifiedError {
    /// The class of the code; ``ErrorClass/other`` for a code that is not in the table.
    ///
    /// `cancelled` is ``ErrorClass/other``: the request was given up on purpose and must not be
    /// retried. If the task itself was cancelled, strategies notice that without this error.
    public var errorClass: ErrorClass {
        URLErrorCode.known[code.rawValue]?.errorClass ?? .other
    }

    /// The error type, such as `URL timedOut`; the number for a code that is not in the table.
    public var errorType: String {
        "URL \(URLErrorCode.known[code.rawValue]?.name ?? String(code.rawValue))"
    }
}

/// A code of `NSURLErrorDomain`.
private struct URLErrorCode {
    let name: String
    let errorClass: ErrorClass

    /// The codes by number, because some systems do not declare all of them as constants.
    static let known: [Int: URLErrorCode] = {
        var known: [Int: URLErrorCode] = [:]
        for (errorClass, codes) in all {
            for (name, number) in codes {
                known[number] = URLErrorCode(name: name, errorClass: errorClass)
            }
        }
        return known
    }()

    private static let all: [(ErrorClass, KeyValuePairs<String, Int>)] = [
        (
            .connection,
            [
                "cannotFindHost": -1003, "cannotConnectToHost": -1004,
                "networkConnectionLost": -1005, "dnsLookupFailed": -1006,
                "notConnectedToInternet": -1009, "secureConnectionFailed": -1200,
                "internationalRoamingOff": -1018, "callIsActive": -1019, "dataNotAllowed": -1020,
                "cannotLoadFromNetwork": -2000,
            ]
        ),
        (.timeout, ["timedOut": -1001]),
        (
            // The server answered, but its response cannot be used.
            .unavailable,
            [
                "resourceUnavailable": -1008, "badServerResponse": -1011,
                "zeroByteResource": -1014,
                "backgroundSessionInUseByAnotherProcess": -996,
                "backgroundSessionWasDisconnected": -997,
            ]
        ),
        (
            .authentication,
            [
                "userCancelledAuthentication": -1012, "userAuthenticationRequired": -1013,
                "serverCertificateHasBadDate": -1201, "serverCertificateUntrusted": -1202,
                "serverCertificateHasUnknownRoot": -1203,
                "serverCertificateNotYetValid": -1204, "clientCertificateRejected": -1205,
                "clientCertificateRequired": -1206,
            ]
        ),
        (
            .authorisation,
            [
                "noPermissionsToReadFile": -1102,
                "appTransportSecurityRequiresSecureConnection": -1022,
            ]
        ),
        (.notFound, ["fileDoesNotExist": -1100, "redirectToNonExistentLocation": -1010]),
        (
            .invalidInput,
            [
                "badURL": -1000, "unsupportedURL": -1002, "fileIsDirectory": -1101,
                "dataLengthExceedsMaximum": -1103, "requestBodyStreamExhausted": -1021,
                "backgroundSessionRequiresSharedContainer": -995,
            ]
        ),
        (
            .other,
            [
                "unknown": -1, "cancelled": -999, "httpTooManyRedirects": -1007,
                "cannotDecodeRawData": -1015, "cannotDecodeContentData": -1016,
                "cannotParseResponse": -1017, "cannotCreateFile": -3000, "cannotOpenFile": -3001,
                "cannotCloseFile": -3002, "cannotWriteToFile": -3003, "cannotRemoveFile": -3004,
                "cannotMoveFile": -3005, "downloadDecodingFailedMidStream": -3006,
                "downloadDecodingFailedToComplete": -3007,
            ]
        ),
    ]
}
