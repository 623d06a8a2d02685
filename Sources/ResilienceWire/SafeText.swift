/// Makes text that somebody else wrote (an agent, a hub, a file, a file's name) safe for a screen, a log
/// or a pipe.
public enum SafeText {
    /// The combining marks that a character may carry; more would grow over its neighbours.
    static let marksPerCharacter = 2

    /// The same text with everything that could mislead a reader or steer a terminal written out.
    ///
    /// Control characters become `\x1b`; bidirectional controls, zero-width and other characters
    /// that nobody sees, line separators, private and unassigned ones become `\u{202e}`, as does
    /// every combining mark after the second, or without a character before it. A backslash stays,
    /// so sanitising twice is the same as once.
    ///
    /// - Parameter maxBytes: how many bytes of UTF-8 the result has at most; it is cut before the
    ///   character, or the whole escape, that does not fit.
    public static func sanitise(_ text: String, maxBytes: Int = .max) -> String {
        guard text.utf8.count > maxBytes || !text.utf8.allSatisfy(isPlain) else { return text }
        var result = String.UnicodeScalarView()
        var left = maxBytes
        // Marks at the very start would combine with whatever stands before the text.
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

    /// The same text of several lines, each made safe by ``sanitise(_:maxBytes:)``: newlines stay.
    public static func sanitiseLines(_ text: String) -> String {
        // Not by character: "\r\n" is one, and is no newline.
        text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            .map { sanitise(String($0)) }.joined(separator: "\n")
    }

    /// Printable ASCII.
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
        // The standard library's enumeration, which may grow: what it adds is some kind of letter.
        default: true
        }
    }
}
