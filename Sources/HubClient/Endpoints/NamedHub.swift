/// A hub that a command reaches, with an optional name.
///
/// Its text form is `NAME=COMMAND`, such as `prod=ssh prod fusebox pipe`.
package struct NamedHub: Sendable {
    /// The name; `nil` if only a command was given.
    package let name: String?
    package let command: String

    package init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1)
        if parts.count == 2, Self.isName(parts[0]) {
            name = String(parts[0])
            command = String(parts[1])
        } else {
            name = nil
            command = argument
        }
        guard !command.allSatisfy(\.isWhitespace) else { return nil }
    }

    /// The text that the user would type.
    package var argument: String { name.map { "\($0)=\(command)" } ?? command }

    /// Whether the text before `=` is a name. A command has a `/` or a space before its first `=`.
    private static func isName(_ text: Substring) -> Bool {
        text.utf8.count <= 32
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                    UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}
