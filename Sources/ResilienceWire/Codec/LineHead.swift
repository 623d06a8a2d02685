/// The fields that any line may have besides its own.
struct LineHead {
    var at: Int64?
    private var agent: String?
    private var instance: InstanceDigits?
    /// A `t` came after the first one, and it is the last one that counts.
    private(set) var isRetyped = false

    /// Takes a field that is not one of the message's own.
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

    /// The instance that the line names, which then is no longer the line's source but its taker's;
    /// `nil` where the line names none.
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
