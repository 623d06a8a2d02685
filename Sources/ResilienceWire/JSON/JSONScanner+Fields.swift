extension JSONScanner {
    /// Reads a whole object; `body` takes each value, or passes over it.
    @inline(__always)
    mutating func readObject(
        _ body: (inout JSONScanner, JSONKey) throws(WireError) -> Void
    ) throws(WireError) {
        try beginObject()
        try readFields(body)
    }

    /// Reads what is left of an object that was begun. Errors get the field's name here, so that
    /// nothing else has to know it.
    @inline(__always)
    mutating func readFields(
        _ body: (inout JSONScanner, JSONKey) throws(WireError) -> Void
    ) throws(WireError) {
        while let key = try nextKey() {
            let name = lastKey
            do throws(WireError) {
                try body(&self, key)
            } catch {
                throw error.inside(SafeText.sanitise(text(name), maxBytes: 40))
            }
        }
    }

    /// Reads a whole array; `body` takes each element.
    @inline(__always)
    mutating func readArray(
        _ body: (inout JSONScanner) throws(WireError) -> Void
    ) throws(WireError) {
        try beginArray()
        var index = 0
        while try nextElement() {
            do throws(WireError) {
                try body(&self)
            } catch {
                throw error.inside("[\(index)]")
            }
            index += 1
        }
    }

    /// The name of an agent's strategy, a limit, an error type, a target or a command.
    @inline(__always)
    mutating func name() throws(WireError) -> String {
        try string(1...WireLimits.nameBytes)
    }

    /// A short label that may be empty.
    mutating func label() throws(WireError) -> String {
        try string(0...WireLimits.nameBytes)
    }

    /// Free text.
    mutating func freeText() throws(WireError) -> String {
        try string(0...WireLimits.textBytes)
    }

    /// An agent's name, which addresses must be able to hold.
    mutating func agent() throws(WireError) -> String {
        let start = position
        var agent = try name()
        let isAddressable = agent.withUTF8 { name in
            !name.contains { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "@") }
        }
        // `*` is the address of all agents.
        guard isAddressable, agent != "*" else {
            throw unfit("a name without `:` and `@`, and not `*`", at: start)
        }
        return agent
    }

    /// 32 hexadecimal digits.
    mutating func instance() throws(WireError) -> InstanceDigits {
        let start = position
        let end = start + 1 + WireLimits.instanceDigits
        // Each line of the stream has them, and has them without escapes.
        if end < bytes.count, bytes[start] == UInt8(ascii: "\""), bytes[end] == bytes[start],
            let digits = InstanceDigits(bytes, at: start + 1)
        {
            position = end + 1
            return digits
        }
        guard let digits = InstanceDigits(try string(0...WireLimits.lineBytes)) else {
            throw unfit("\(WireLimits.instanceDigits) hexadecimal digits", at: start)
        }
        return digits
    }

    /// One of the words of an enumeration.
    mutating func choice<Choice: CaseIterable & RawRepresentable<String>>(
        _: Choice.Type
    ) throws(WireError) -> Choice {
        let start = position
        guard let choice = Choice(rawValue: try string(0...WireLimits.lineBytes)) else {
            let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw unfit("one of \(words)", at: start)
        }
        return choice
    }
}

/// A field's value, which a line must have.
@inline(__always)
func required<Value>(_ value: Value?, _ field: StaticString) throws(WireError) -> Value {
    guard let value else { throw .missing(field: "\(field)", type: "") }
    return value
}
