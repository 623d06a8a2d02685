import ArgumentParser
import Sockets

extension MetricsAddress {
    /// Reads `--metrics`.
    static func argument(_ text: String) throws -> MetricsAddress {
        guard let address = MetricsAddress(text) else {
            throw ValidationError("'\(text)' is not an address; expected \(expected)")
        }
        return address
    }
}
