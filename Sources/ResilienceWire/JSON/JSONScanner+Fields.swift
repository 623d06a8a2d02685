extension JSONScanner {
    /// Reads a whole object. `body` reads or skips each value.
    @inline(__always)
    mutating func readObject(
        _ body: (inout JSONScanner, JSONKey) throws(WireError) -> Void
    ) throws(WireError) {
        try beginObject()
        try readFields(body)
    }

    /// Reads the rest of an object after its `{`. This function adds the field's name to errors, so
    /// that no other code needs to know it.
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

    /// Reads a whole array. `body` reads each element.
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

    /// Reads the name of a strategy, a limit, an error type, a target or a command.
    @inline(__always)
    mutating func name() throws(WireError) -> String {
        try string(1...WireLimits.nameBytes)
    }

    /// Reads a name. Allocates nothing if it is the expected one.
    @inline(__always)
    mutating func name(expecting expected: String) throws(WireError) -> String {
        guard !expected.isEmpty, next == UInt8(ascii: "\"") else { return try name() }
        let start = position
        let string = try scanString()
        if string.isPlain, bytes.extracting(string.start..<string.end).equals(expected) {
            return expected
        }
        position = start
        return try name()
    }

    /// Reads a short label, which may be empty.
    mutating func label() throws(WireError) -> String {
        try string(0...WireLimits.nameBytes)
    }

    /// Reads free text.
    mutating func freeText() throws(WireError) -> String {
        try string(0...WireLimits.textBytes)
    }

    /// Reads an address. A text that is no address is kept, but matches nothing.
    mutating func address() throws(WireError) -> Address {
        Address(lenient: try string(1...WireLimits.addressBytes))
    }

    /// Reads an agent's name, which must be valid in an address.
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

    /// Reads the 32 hexadecimal digits of an instance.
    mutating func instance() throws(WireError) -> InstanceDigits {
        let start = position
        let end = start + 1 + WireLimits.instanceDigits
        // Nearly every line of the stream has them, without escapes.
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

    /// Reads one of the words of an enumeration.
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

/// Returns the value of a required field, or throws if the line does not have it.
@inline(__always)
func required<Value>(_ value: Value?, _ field: StaticString) throws(WireError) -> Value {
    guard let value else { throw .missing(field: "\(field)", type: "") }
    return value
}
