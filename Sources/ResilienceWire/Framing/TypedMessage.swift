/// The messages of one direction. The `t` of a line tells which of them it is.
protocol TypedMessage: Equatable, Sendable {
    /// Reads the fields of a line of the given type. The fields that every line may have go into
    /// `head`.
    init(
        _ type: LineType, _ scanner: inout JSONScanner, _ head: inout LineHead
    ) throws(WireError)

    /// The line's `t`.
    var type: String { get }

    /// Writes the message's own fields.
    func write(to writer: inout JSONWriter)
}

extension TypedMessage {
    /// Reads one line, with or without its newline. The fields that every line may have go into
    /// `head`, which must be empty.
    static func read(
        _ bytes: Span<UInt8>, _ texts: LineTexts, _ head: inout LineHead
    ) throws(WireError) -> Self {
        guard !bytes.isEmpty else { throw .emptyLine }
        do throws(WireError) {
            return try readQuickly(bytes, texts, &head)
        } catch {
            head = LineHead()
            return try readCarefully(bytes, texts, &head)
        }
    }

    /// Reads one line of a direction whose lines have no fields in common.
    static func read(_ bytes: Span<UInt8>, _ texts: LineTexts) throws(WireError) -> Self {
        var head = LineHead()
        return try read(bytes, texts, &head)
    }

    /// Appends the message as JSON and a newline.
    ///
    /// - Parameter head: writes the fields that come between the type and the message's own.
    func encode(
        into buffer: inout [UInt8], head: (inout JSONWriter) -> Void
    ) {
        JSONWriter.appendLine(of: type, to: &buffer) { writer in
            head(&writer)
            write(to: &writer)
        }
    }

    /// Reads a line whose type comes first in one pass; nearly every line is of this form. Throws
    /// if the type is not first or if anything is wrong. The caller then uses
    /// ``readCarefully(_:_:)`` to find the exact error.
    private static func readQuickly(
        _ bytes: Span<UInt8>, _ texts: LineTexts, _ head: inout LineHead
    ) throws(WireError) -> Self {
        guard bytes.count < WireLimits.lineBytes else {
            throw .lineTooLong(limit: WireLimits.lineBytes)
        }
        var scanner = JSONScanner(bytes, texts: texts)
        try scanner.beginObject()
        guard try scanner.nextKey() == "t" else { throw .missing(field: "t", type: "") }
        let message = try Self(try scanner.lineType(), &scanner, &head)
        try scanner.expectEnd()
        guard !head.isRetyped else { throw .missing(field: "t", type: "") }
        try head.checkSource()
        return message
    }

    /// Reads a line in three passes: the JSON syntax, the type, the fields. An error therefore
    /// reports the first problem in this order, wherever the type is.
    private static func readCarefully(
        _ bytes: Span<UInt8>, _ texts: LineTexts, _ head: inout LineHead
    ) throws(WireError) -> Self {
        let isTerminated = bytes[bytes.count - 1] == UInt8(ascii: "\n")
        guard bytes.count < WireLimits.lineBytes + (isTerminated ? 1 : 0) else {
            throw .lineTooLong(limit: WireLimits.lineBytes)
        }
        try JSONScanner.check(bytes)
        let type = try JSONScanner.lineType(of: bytes)
        var scanner = JSONScanner(bytes, texts: texts)
        scanner.skipWhitespace()
        do throws(WireError) {
            try scanner.beginObject()
            let message = try Self(type, &scanner, &head)
            try head.checkSource()
            return message
        } catch {
            throw error.inLine(ofType: SafeText.sanitise(scanner.text(type.text), maxBytes: 40))
        }
    }
}

extension JSONWriter {
    /// Appends a line of a type, whose other fields `body` writes.
    @inline(__always)
    static func appendLine(
        of type: String, to buffer: inout [UInt8], _ body: (inout JSONWriter) -> Void
    ) {
        var writer = JSONWriter()
        swap(&writer.bytes, &buffer)
        writer.beginObject()
        writer.key("t")
        writer.value(type, max: WireLimits.nameBytes)
        body(&writer)
        writer.endObject()
        writer.newline()
        swap(&writer.bytes, &buffer)
    }
}

extension JSONScanner {
    /// Reads a line without fields of its own.
    mutating func readBareLine(_ head: inout LineHead) throws(WireError) {
        try readFields { (scanner, key) throws(WireError) in
            try head.read(key, from: &scanner)
        }
    }

    /// Reads a line of a type that this version does not know, and returns the type in a form that
    /// is safe to show.
    mutating func readUnknownLine(
        _ type: LineType, _ head: inout LineHead
    ) throws(WireError) -> String {
        let name = text(type.text)
        guard 1...WireLimits.nameBytes ~= name.utf8.count else {
            throw unfit(
                "a string of 1 to \(WireLimits.nameBytes) bytes",
                found: "\(name.utf8.count) bytes", at: type.text.start - 1
            ).inside("t")
        }
        try readBareLine(&head)
        return shown(name, type.text, maxBytes: WireLimits.nameBytes)
    }

    /// Reads a line that has one count.
    mutating func readCount(
        _ field: StaticString, _ head: inout LineHead
    ) throws(WireError) -> Int {
        let key = JSONKey(stringLiteral: field)
        var count: Int?
        try readFields { (scanner, found) throws(WireError) in
            if found == key {
                count = try scanner.count()
            } else {
                try head.read(found, from: &scanner)
            }
        }
        return try required(count, field)
    }

    /// Reads a line that has one name.
    mutating func readName(
        _ field: StaticString, _ head: inout LineHead
    ) throws(WireError) -> String {
        let key = JSONKey(stringLiteral: field)
        var name: String?
        try readFields { (scanner, found) throws(WireError) in
            if found == key {
                name = try scanner.name()
            } else {
                try head.read(found, from: &scanner)
            }
        }
        return try required(name, field)
    }

    /// Reads the interval of a hub's beats in milliseconds.
    mutating func beatMS() throws(WireError) -> Int { try count(1...3_600_000) }
}
