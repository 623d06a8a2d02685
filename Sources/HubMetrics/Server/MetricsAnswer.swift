import NIOHTTP1

/// The answer to an HTTP request.
enum MetricsAnswer: Equatable {
    /// The metrics, compressed on request. The answer to a HEAD request has the headers only.
    case metrics(hasBody: Bool, isCompressed: Bool = false)
    /// A refusal: a status and a line that says what to do.
    case refusal(HTTPResponseStatus, String)

    init(_ request: HTTPRequestHead) {
        guard request.uri.prefix(while: { $0 != "?" }) == "/metrics" else {
            self = .refusal(.notFound, "not found: the metrics are at /metrics")
            return
        }
        switch request.method {
        case .GET: self = .metrics(hasBody: true, isCompressed: Self.takesGzip(request))
        case .HEAD: self = .metrics(hasBody: false, isCompressed: Self.takesGzip(request))
        default: self = .refusal(.methodNotAllowed, "method not allowed: use GET or HEAD")
        }
    }

    /// Whether `Accept-Encoding` (RFC 9110, section 12.5.3) includes gzip with a weight above 0.
    private static func takesGzip(_ request: HTTPRequestHead) -> Bool {
        request.headers[canonicalForm: "accept-encoding"].contains { entry in
            let parts = entry.lowercased().split(separator: ";").map {
                $0.filter { $0 != " " && $0 != "\t" }
            }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }?.dropFirst(2)
            return parts.first == "gzip" && weight.flatMap { Double($0) } != 0
        }
    }

    /// Creates the answer to a request that could not be read.
    init(_ error: any Error) {
        self =
            error is RequestBound.Exceeded
            ? .refusal(
                .requestHeaderFieldsTooLarge, "a request has at most \(RequestBound.bytes) bytes")
            : .refusal(.badRequest, "this is not an HTTP request")
    }

    static let tooMany = MetricsAnswer.refusal(
        .serviceUnavailable, "too many connections: try again later")
    static let tooBusy = MetricsAnswer.refusal(
        .serviceUnavailable, "too many concurrent scrapes: try again later")
    static let tooSlow = MetricsAnswer.refusal(
        .requestTimeout, "the request did not arrive in time")

    /// The status line and headers. The connection closes after each answer, so none stays idle.
    func head(_ version: HTTPVersion) -> HTTPResponseHead {
        var headers: HTTPHeaders = ["connection": "close", "cache-control": "no-store"]
        switch self {
        case .metrics(let hasBody, let isCompressed):
            headers.add(
                name: "content-type", value: "text/plain; version=0.0.4; charset=utf-8")
            headers.add(name: "vary", value: "accept-encoding")
            if isCompressed { headers.add(name: "content-encoding", value: "gzip") }
            // Chunked encoding lets a scraper detect an incomplete answer.
            if hasBody, version == .http1_1 {
                headers.add(name: "transfer-encoding", value: "chunked")
            }
            return HTTPResponseHead(version: version, status: .ok, headers: headers)
        case .refusal(let status, let words):
            headers.add(name: "content-type", value: "text/plain; charset=utf-8")
            headers.add(name: "content-length", value: "\(words.utf8.count + 1)")
            if status == .methodNotAllowed { headers.add(name: "allow", value: "GET, HEAD") }
            return HTTPResponseHead(version: version, status: status, headers: headers)
        }
    }
}
