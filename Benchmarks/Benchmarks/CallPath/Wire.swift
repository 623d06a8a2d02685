import Benchmark
import ResilienceWire
import Rows

func measureWire() {
    measureDecoding(
        .decodeCall,
        #"{"t":"call","s":"pay/stripe","end":"ok","attempts":2,"us":128400,"errors":["TimeoutError"]}"#
    )
    measureDecoding(
        .decodeDelta,
        #"""
        {"t":"delta","s":"pay/stripe","n":17,"ms":500,"ok":120,"failed":3,"rejected":2,\#
        "cancelled":0,"attempts":130,"retries":{"0":118,"1":3,"2":2},\#
        "errors":{"TimeoutError":10},"latency":[[141,40],[142,83]],"retry_ms":1834,\#
        "in_flight":4,"waiting":3,"oldest_ms":48210}
        """#)
}

private func measureDecoding(_ row: Row, _ line: String) {
    let bytes = Array(line.utf8)
    measure(row) { calls in
        for _ in 0..<calls { blackHole(try Line(decoding: bytes.span)) }
    }
}
