import ResilienceWire

/// Maps names as agents sent them to unique names that are safe to show, and back.
struct SafeNames {
    private var safe: [String: String] = [:]
    private var raw: [String: String] = [:]
    /// The next number to try for each stem that several names share.
    private var next: [String: Int] = [:]

    /// The number of names.
    var count: Int { raw.count }

    /// The safe form of a name. The same name always gets the same form.
    mutating func safe(_ name: String) -> String {
        if let known = safe[name] { return known }
        let wanted = SafeText.sanitise(name, maxBytes: WireLimits.nameBytes)
        let free = raw[wanted] == nil ? wanted : numbered(wanted)
        safe[name] = free
        raw[free] = name
        return free
    }

    /// The original name for a safe form.
    func raw(_ safe: String) -> String? { raw[safe] }

    /// Removes all names except those with these safe forms.
    mutating func keep(_ wanted: Set<String>) {
        raw = raw.filter { wanted.contains($0.key) }
        safe = safe.filter { wanted.contains($0.value) }
        next = [:]
    }

    /// Adds the first free number to a name. Numbers only grow until names are removed, so each is
    /// tried once.
    private mutating func numbered(_ wanted: String) -> String {
        let stem = WireLimits.cut(wanted, to: WireLimits.nameBytes - 8)
        var number = next[stem] ?? 2
        while raw["\(stem)~\(number)"] != nil { number += 1 }
        next[stem] = number + 1
        return "\(stem)~\(number)"
    }
}
