#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The character set that the environment requests, and the result of setting it.
enum Locale: Equatable {
    /// UTF-8, either as requested or as a replacement for the named locale, which is not installed.
    case utf8(inPlaceOf: String? = nil)
    /// Another character set, as requested.
    case other(charset: String)
    /// The named locale is not installed and there is no replacement, so only ASCII is drawn.
    case missing(name: String)

    /// Sets the character set of the environment and no other part of the locale, so numbers keep
    /// their decimal point. If a locale with UTF-8 in its name is not installed, `C.UTF-8` replaces
    /// it.
    static func adopt() -> Locale {
        // The order is that of the C library.
        let name = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(variable).first
        return choose(name) { name in
            guard setlocale(LC_CTYPE, name) != nil else { return nil }
            return nl_langinfo(nl_item(CODESET)).map { String(cString: $0) } ?? "unknown"
        }
    }

    /// - Parameters:
    ///   - name: the locale that the environment requests.
    ///   - set: sets a locale and returns its character set, or `nil` if the locale is not
    ///     installed. An empty name stands for the locale of the environment.
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

    /// The notice for the user; `nil` if there is nothing to report.
    var notice: String? {
        switch self {
        case .utf8, .other: nil
        case .missing(let name): "the locale '\(name)' is not installed: drawn in ASCII"
        }
    }

    /// The character set in words.
    var words: String {
        switch self {
        case .utf8(nil): "UTF-8"
        case .utf8(let name?): "UTF-8 by C.UTF-8: the locale '\(name)' is not installed"
        case .other(let charset): "\(charset): glyphs are replaced by ASCII"
        case .missing(let name):
            "the locale '\(name)' is not installed: glyphs are replaced by ASCII"
        }
    }

    /// Returns the value of an environment variable; `nil` if it is not set or empty.
    static func variable(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }
}
