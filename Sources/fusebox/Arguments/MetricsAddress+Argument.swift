import ArgumentParser
import Sockets

extension MetricsAddress {
    /// Reads `--metrics`.
    static func argument(_ text: String) throws -> MetricsAddress {
        guard let address = MetricsAddress(text) else {
            throw ValidationError("'\(text)' is no address; expected \(expected)")
        }
        return address
    }
}
