extension Ack {
    init(_ scanner: inout JSONScanner, _ head: inout LineHead) throws(WireError) {
        var id: String?
        var isOK: Bool?
        var version: Int?
        var code: String?
        var detail = ""
        var strategy: String?
        try scanner.readFields { (scanner, key) throws(WireError) in
            switch key {
            case "id": id = try scanner.name()
            case "s": strategy = try scanner.name()
            case "ok": isOK = try scanner.bool()
            case "version": version = try scanner.count()
            case "code": code = try scanner.label()
            case "detail": detail = try scanner.freeText()
            default: try head.read(key, from: &scanner)
            }
        }
        let identity = try required(id, "id")
        if try required(isOK, "ok") {
            self.init(id: identity, .ok(version: version), strategy: strategy)
        } else {
            let code = RefusalCode(rawValue: try required(code, "code")) ?? .refused
            self.init(
                id: identity, .refused(code: code, detail: detail), strategy: strategy)
        }
    }

    func write(to writer: inout JSONWriter) {
        writer.field("id", id)
        writer.field("s", strategy)
        switch answer {
        case .ok(let version):
            writer.field("ok", true)
            writer.field("version", version)
        case .refused(let code, let detail):
            writer.field("ok", false)
            writer.field("code", code)
            writer.nonEmpty("detail", detail)
        }
    }
}

extension CommandStatus {
    init(_ scanner: inout JSONScanner, _ head: inout LineHead) throws(WireError) {
        var id: String?
        var status: Status?
        var tookMS: Double?
        var detail: String?
        try scanner.readFields { (scanner, key) throws(WireError) in
            switch key {
            case "id": id = try scanner.name()
            case "status": status = try scanner.choice(Status.self)
            case "took_ms": tookMS = try scanner.double(0...Double(WireLimits.count))
            case "detail": detail = try scanner.freeText()
            default: try head.read(key, from: &scanner)
            }
        }
        self.init(
            id: try required(id, "id"), instance: try head.takeSource(),
            status: try required(status, "status"), tookMS: tookMS, detail: detail)
    }

    func write(to writer: inout JSONWriter) {
        writer.field("id", id)
        if let instance { writer.write(instance) }
        writer.field("status", status)
        writer.field("took_ms", tookMS)
        writer.field("detail", detail, max: WireLimits.textBytes)
    }
}

extension CommandDone {
    init(_ scanner: inout JSONScanner, _ head: inout LineHead) throws(WireError) {
        var id: String?
        var acked: Int?
        var failed: Int?
        try scanner.readFields { (scanner, key) throws(WireError) in
            switch key {
            case "id": id = try scanner.name()
            case "acked": acked = try scanner.count()
            case "failed": failed = try scanner.count()
            default: try head.read(key, from: &scanner)
            }
        }
        self.init(
            id: try required(id, "id"), acked: try required(acked, "acked"),
            failed: try required(failed, "failed"))
    }

    func write(to writer: inout JSONWriter) {
        writer.field("id", id)
        writer.field("acked", acked)
        writer.field("failed", failed)
    }
}
