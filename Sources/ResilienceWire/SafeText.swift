/// Makes text from other sources (an agent, a hub, a file, a file's name) safe for a screen, a log
/// or a pipe.
public enum SafeText {
    /// The maximum number of combining marks on a character; more would overlap its neighbours.
    static let marksPerCharacter = 2

    /// Returns the text with every character that could mislead a reader or control a terminal
    /// replaced by an escape.
    ///
    /// Control characters become escapes such as `\x1b`. Bidirectional controls, zero-width and
    /// other invisible characters, line separators, private and unassigned characters become escapes
    /// such as `\u{202e}`. A combining mark becomes an escape if it is the third or later mark of its
    /// character, or has no base character. A backslash stays, so sanitising twice gives the same
    /// result as once.
    ///
    /// - Parameter maxBytes: the maximum length of the result in bytes of UTF-8. The result is cut
    ///   before the first character or escape that does not fit.
    public static func sanitise(_ text: String, maxBytes: Int = .max) -> String {
        guard text.utf8.count > maxBytes || !text.utf8.allSatisfy(isPlain) else { return text }
        var result = String.UnicodeScalarView()
        var left = maxBytes
        // A mark at the start would combine with the character before the text.
        var marks = marksPerCharacter
        for scalar in text.unicodeScalars {
            let isMark = scalar.properties.generalCategory.isMark
            marks = isMark ? marks + 1 : 0
            if isVisible(scalar) && marks <= marksPerCharacter {
                left -= UTF8.width(scalar)
                guard left >= 0 else { break }
                result.append(scalar)
            } else {
                let escape = escaped(scalar)
                left -= escape.utf8.count
                guard left >= 0 else { break }
                result.append(contentsOf: escape.unicodeScalars)
            }
        }
        return String(result)
    }

    /// Returns a text of several lines, each made safe by ``sanitise(_:maxBytes:)``. Newlines stay.
    public static func sanitiseLines(_ text: String) -> String {
        // Splitting by `Character` would miss "\r\n", which is one character and not equal to a
        // newline.
        text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            .map { sanitise(String($0)) }.joined(separator: "\n")
    }

    /// Whether a byte is printable ASCII.
    private static func isPlain(_ byte: UInt8) -> Bool {
        0x20...0x7E ~= byte
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        guard !scalar.isASCII else { return isPlain(UInt8(ascii: scalar)) }
        return scalar.properties.generalCategory.isVisible
            && !scalar.properties.isDefaultIgnorableCodePoint
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return scalar.value < 0xA0
            ? "\\x" + (digits.utf8.count < 2 ? "0" : "") + digits
            : "\\u{\(digits)}"
    }
}

extension Unicode.GeneralCategory {
    fileprivate var isMark: Bool {
        self == .nonspacingMark || self == .enclosingMark || self == .spacingMark
    }

    fileprivate var isVisible: Bool {
        switch self {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
            .paragraphSeparator:
            false
        // The standard library may add cases. The known remaining cases are kinds of letters.
        default: true
        }
    }
}
