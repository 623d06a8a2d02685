/// The fields that every type of line may have in addition to its own.
struct LineHead {
    var at: Int64?
    private var agent: String?
    private var instance: InstanceDigits?
    /// Whether a second `t` came after the first one. The last `t` counts.
    private(set) var isRetyped = false

    /// Reads a field that the message itself does not define.
    mutating func read(_ key: JSONKey, from scanner: inout JSONScanner) throws(WireError) {
        switch key {
        case "at": at = try scanner.duration()
        case "agent": agent = try scanner.agent()
        case "instance": instance = try scanner.instance()
        case "t":
            isRetyped = true
            try scanner.skipValue()
        default: try scanner.skipValue()
        }
    }

    /// The instance that the line names; `nil` if it names none, or if it belongs to the message.
    var source: InstanceID? {
        guard let agent, let instance else { return nil }
        return InstanceID(agent: agent, instance: instance)
    }

    /// Throws if the line names only an agent or only an instance.
    func checkSource() throws(WireError) {
        guard agent != nil || instance != nil else { return }
        _ = try required(agent, "agent")
        _ = try required(instance, "instance")
    }

    /// Removes and returns the instance that the line names, which then belongs to the message.
    mutating func takeSource() throws(WireError) -> InstanceID? {
        try checkSource()
        defer { (agent, instance) = (nil, nil) }
        return source
    }

    /// As ``takeSource()``, for a message that needs an instance.
    mutating func takeRequiredSource() throws(WireError) -> InstanceID {
        let source = InstanceID(
            agent: try required(agent, "agent"), instance: try required(instance, "instance"))
        (agent, instance) = (nil, nil)
        return source
    }
}
