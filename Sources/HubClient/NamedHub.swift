/// A hub that is reached by a command, and what it is called where there are several:
/// `NAME=COMMAND`, such as `prod=ssh prod fusebox pipe`.
package struct NamedHub: Sendable {
    /// `nil` where only the command was given.
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

    /// As it would be typed.
    package var argument: String { name.map { "\($0)=\(command)" } ?? command }

    /// A command's first word has a `/` or a space before any `=`, or is none that a shell runs.
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
