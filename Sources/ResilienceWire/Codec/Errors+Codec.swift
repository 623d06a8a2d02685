extension ErrorCount {
    /// Reads `errors`: counts by error type.
    static func list(_ scanner: inout JSONScanner) throws(WireError) -> [ErrorCount] {
        var list: [ErrorCount] = []
        var isAscending = true
        try scanner.readObject { (scanner, _) throws(WireError) in
            let type = try scanner.errorTypeKey()
            if let last = list.last, last.type >= type { isAscending = false }
            list.append(ErrorCount(type: type, count: try scanner.count()))
        }
        return isAscending ? list : list.lastByBytes(of: \.type)
    }
}

extension ErrorMessage {
    /// Reads `messages`: a text by error type.
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
    /// The key that was just read, as an error type.
    fileprivate func errorTypeKey() throws(WireError) -> String {
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
    /// Ascending by the bytes of a text, and of elements with the same text the last one, for of a
    /// repeated key the last counts. By bytes, because the name as sent is the key, while two
    /// strings are equal where Unicode holds them for the same.
    fileprivate func lastByBytes(of text: KeyPath<Element, String>) -> [Element] {
        var lasts: [[UInt8]: Element] = [:]
        for element in self { lasts[Array<UInt8>(element[keyPath: text].utf8)] = element }
        return lasts.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
    }
}
