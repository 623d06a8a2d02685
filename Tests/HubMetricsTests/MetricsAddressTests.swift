import Sockets
import Testing

@Suite struct MetricsAddressTests {
    @Test(arguments: [
        ("127.0.0.1:9464", "127.0.0.1:9464"), (":9464", "127.0.0.1:9464"),
        ("[::1]:0", "[::1]:0"), ("0.0.0.0:80", "0.0.0.0:80"), ("[::]:80", "[::]:80"),
    ])
    func addressAcceptsIPAndPort(text: String, expected: String) {
        #expect(MetricsAddress(text)?.description == expected)
        #expect(MetricsAddress(text)?.isLoopback == !text.contains("80"))
    }

    @Test(arguments: [
        "", "9464", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "::1:9464",
        "[::1]", "localhost:9464", "1.2.3:80", "[127.0.0.1:80",
    ])
    func addressRejectsOtherForms(text: String) {
        #expect(MetricsAddress(text) == nil)
    }
}
