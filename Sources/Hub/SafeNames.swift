import ResilienceWire

/// The safe forms of names as agents sent them, each different from the others, and back.
struct SafeNames {
    private var safe: [String: String] = [:]
    private var raw: [String: String] = [:]

    /// The safe form of a name: the same one each time.
    mutating func safe(_ name: String) -> String {
        if let known = safe[name] { return known }
        let wanted = SafeText.sanitise(name, maxBytes: WireLimits.nameBytes)
        let stem = WireLimits.cut(wanted, to: WireLimits.nameBytes - 8)
        let free =
            raw[wanted] == nil
            ? wanted : (2...).lazy.map { "\(stem)~\($0)" }.first { raw[$0] == nil } ?? wanted
        safe[name] = free
        raw[free] = name
        return free
    }

    /// The name that was sent for a safe form.
    func raw(_ safe: String) -> String? { raw[safe] }
}
