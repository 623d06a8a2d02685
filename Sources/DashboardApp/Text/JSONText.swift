import Foundation
package import ResilienceWire

/// JSON for other programs.
package enum JSONText {
    /// A value as one line, its keys in order.
    package static func line(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// A line as it is on the wire, without its newline.
    package static func line(_ line: Line) -> String {
        var bytes: [UInt8] = []
        line.encode(into: &bytes)
        return String(decoding: bytes.dropLast(), as: UTF8.self)
    }
}
