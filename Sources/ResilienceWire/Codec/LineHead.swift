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

    /// Removes and returns the instance that the line names, so that it belongs to the message and
    /// not to the line's source. Returns `nil` if the line names none.
    mutating func takeSource() throws(WireError) -> InstanceID? {
        guard agent != nil || instance != nil else { return nil }
        return try takeRequiredSource()
    }

    mutating func takeRequiredSource() throws(WireError) -> InstanceID {
        let source = InstanceID(
            agent: try required(agent, "agent"), instance: try required(instance, "instance"))
        (agent, instance) = (nil, nil)
        return source
    }
}
