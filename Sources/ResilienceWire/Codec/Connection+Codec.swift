extension Refusal {
    init(_ scanner: inout JSONScanner, _ head: inout LineHead) throws(WireError) {
        var code: String?
        var detail = ""
        try scanner.readFields { (scanner, key) throws(WireError) in
            switch key {
            case "code": code = try scanner.label()
            case "detail": detail = try scanner.freeText()
            default: try head.read(key, from: &scanner)
            }
        }
        self.init(code: try required(code, "code"), detail: detail)
    }

    func write(to writer: inout JSONWriter) {
        writer.field("code", code)
        writer.nonEmpty("detail", detail)
    }
}

extension RecordingHeader {
    init(_ scanner: inout JSONScanner, _ head: inout LineHead) throws(WireError) {
        var version: Int?
        var fusebox: String?
        try scanner.readFields { (scanner, key) throws(WireError) in
            switch key {
            case "v": version = try scanner.count()
            case "fusebox": fusebox = try scanner.label()
            default: try head.read(key, from: &scanner)
            }
        }
        self.init(
            version: try required(version, "v"), fusebox: try required(fusebox, "fusebox"))
    }

    /// Writes all fields except the version, which the encoder writes before the line's `at`.
    func write(to writer: inout JSONWriter) {
        writer.field("fusebox", fusebox)
    }
}
