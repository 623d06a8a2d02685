extension UnsupportedLibrary {
    init(_ scanner: inout JSONScanner, _ head: inout LineHead) throws(WireError) {
        var library: String?
        var why = ""
        try scanner.readFields { (scanner, key) throws(WireError) in
            switch key {
            case "library": library = try scanner.name()
            case "why": why = try scanner.freeText()
            default: try head.read(key, from: &scanner)
            }
        }
        self.init(library: try required(library, "library"), why: why)
    }

    func write(to writer: inout JSONWriter) {
        writer.field("library", library)
        writer.nonEmpty("why", why)
    }
}
