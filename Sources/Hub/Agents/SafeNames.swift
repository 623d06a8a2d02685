import ResilienceWire

/// The safe forms of names as agents sent them, each different from the others, and back.
struct SafeNames {
    private var safe: [String: String] = [:]
    private var raw: [String: String] = [:]
    /// The next number to try behind a beginning that several names have.
    private var next: [String: Int] = [:]

    /// How many names there are.
    var count: Int { raw.count }

    /// The safe form of a name: the same one each time.
    mutating func safe(_ name: String) -> String {
        if let known = safe[name] { return known }
        let wanted = SafeText.sanitise(name, maxBytes: WireLimits.nameBytes)
        let free = raw[wanted] == nil ? wanted : numbered(wanted)
        safe[name] = free
        raw[free] = name
        return free
    }

    /// The name that was sent for a safe form.
    func raw(_ safe: String) -> String? { raw[safe] }

    /// Forgets the names whose safe forms are not among these.
    mutating func keep(_ wanted: Set<String>) {
        raw = raw.filter { wanted.contains($0.key) }
        safe = safe.filter { wanted.contains($0.value) }
        next = [:]
    }

    /// A beginning of a name with the first number that is free. Numbers only grow, so that each is tried
    /// once, until names are forgotten.
    private mutating func numbered(_ wanted: String) -> String {
        let stem = WireLimits.cut(wanted, to: WireLimits.nameBytes - 8)
        var number = next[stem] ?? 2
        while raw["\(stem)~\(number)"] != nil { number += 1 }
        next[stem] = number + 1
        return "\(stem)~\(number)"
    }
}
