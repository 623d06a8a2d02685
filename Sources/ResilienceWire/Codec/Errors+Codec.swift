extension ErrorCount {
    /// Reads `errors`, counts by error type, in place of a list.
    static func read(
        _ list: inout [ErrorCount], from scanner: inout JSONScanner
    ) throws(WireError) {
        list.removeAll(keepingCapacity: true)
        var isAscending = true
        try scanner.readObject { (scanner, _) throws(WireError) in
            let type = try scanner.errorTypeKey()
            if let last = list.last, last.type >= type { isAscending = false }
            list.append(ErrorCount(type: type, count: try scanner.count()))
        }
        if !isAscending { list = list.lastByBytes(of: \.type) }
    }
}

extension ErrorMessage {
    /// Reads `messages`: the latest message of each error type.
    static func list(_ scanner: inout JSONScanner) throws(WireError) -> [ErrorMessage] {
        var list: [ErrorMessage] = []
        var isAscending = true
        try scanner.readObject { (scanner, _) throws(WireError) in
            let type = try scanner.errorTypeKey()
            if let last = list.last, last.type >= type { isAscending = false }
            let text = try scanner.string(0...WireLimits.messageBytes)
            list.append(ErrorMessage(type: type, text: text))
        }
        return isAscending ? list : list.lastByBytes(of: \.type)
    }
}

extension JSONScanner {
    /// Returns the key that the scanner read last as an error type.
    func errorTypeKey() throws(WireError) -> String {
        let type = text(lastKey)
        guard 1...WireLimits.nameBytes ~= type.utf8.count else {
            throw unfit(
                "named by an error type of 1 to \(WireLimits.nameBytes) bytes",
                found: "\(type.utf8.count) bytes", at: lastKey.start - 1)
        }
        return shown(type, lastKey, maxBytes: WireLimits.nameBytes)
    }
}

extension Array {
    /// Sorts the elements by the UTF-8 bytes of a text. Of elements with the same bytes, the last
    /// one is kept, because the last of repeated keys counts. The comparison uses bytes because
    /// `String` treats canonically equivalent Unicode texts as equal.
    fileprivate func lastByBytes(of text: KeyPath<Element, String>) -> [Element] {
        var lasts: [[UInt8]: Element] = [:]
        for element in self { lasts[Array<UInt8>(element[keyPath: text].utf8)] = element }
        return lasts.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
    }
}
