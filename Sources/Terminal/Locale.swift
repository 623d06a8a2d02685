#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The character set that the environment asks for, and what came of it.
enum Locale: Equatable {
    /// UTF-8, as asked for, or by the locale of this name in place of one that is not installed.
    case utf8(inPlaceOf: String? = nil)
    /// Another character set, as asked for.
    case other(charset: String)
    /// The locale of this name is not installed, and nothing stands in for it: ASCII.
    case missing(name: String)

    /// Adopts the character set of the environment, and nothing else: numbers keep their point. Where a
    /// locale that is UTF-8 by its name is not installed, `C.UTF-8` takes its place.
    static func adopt() -> Locale {
        // In the order in which the C library asks them.
        let name = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(variable).first
        return choose(name) { name in
            guard setlocale(LC_CTYPE, name) != nil else { return nil }
            return nl_langinfo(nl_item(CODESET)).map { String(cString: $0) } ?? "unknown"
        }
    }

    /// - Parameters:
    ///   - name: what the environment asks for.
    ///   - set: adopts a locale and returns its character set; `nil` where it is not installed. An empty
    ///     name is that of the environment.
    static func choose(_ name: String?, set: (String) -> String?) -> Locale {
        if let charset = set("") {
            return charset == "UTF-8" ? .utf8() : .other(charset: charset)
        }
        let name = name ?? ""
        let wish = name.lowercased().filter { $0 != "-" }
        if wish.contains("utf8"), set("C.UTF-8") == "UTF-8" { return .utf8(inPlaceOf: name) }
        return .missing(name: name)
    }

    var isUTF8: Bool {
        switch self {
        case .utf8: true
        case .other, .missing: false
        }
    }

    /// What the user should know.
    var notice: String? {
        switch self {
        case .utf8, .other: nil
        case .missing(let name): "the locale '\(name)' is not installed: drawn in ASCII"
        }
    }

    /// How it stands, in words.
    var words: String {
        switch self {
        case .utf8(nil): "UTF-8"
        case .utf8(let name?): "UTF-8 by C.UTF-8: the locale '\(name)' is not installed"
        case .other(let charset): "\(charset): glyphs are replaced by ASCII"
        case .missing(let name):
            "the locale '\(name)' is not installed: glyphs are replaced by ASCII"
        }
    }

    /// The value of a variable, if it is there and not empty.
    static func variable(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }
}
