#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// What the environment says about characters and colours.
enum Locale {
    /// Adopts the character set of the environment, and nothing else: numbers keep their point.
    ///
    /// - Returns: whether it is UTF-8.
    static func adopt() -> Bool {
        setlocale(LC_CTYPE, "")
        guard let name = nl_langinfo(nl_item(CODESET)) else { return false }
        return String(cString: name) == "UTF-8"
    }

    /// The value of a variable, if it is there and not empty.
    static func variable(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }
}
