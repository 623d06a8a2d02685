import ResilienceWire

/// Counters in a compact byte encoding. A window keeps up to 60 slots per strategy, and most are
/// rarely read.
///
/// One list of fields, ``Counters/pass(through:)``, serves both directions. The bytes never leave
/// the process, so the reader does not validate them.
struct PackedCounters {
    /// Writes numbers as LEB128 (DWARF 5, section 7.6), in which most counts take one byte.
    struct Writer: CountersPasser {
        var bytes: [UInt8] = []

        mutating func pass(_ number: inout UInt64) {
            var rest = number
            while rest >= 0x80 {
                bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
                rest >>= 7
            }
            bytes.append(UInt8(truncatingIfNeeded: rest))
        }

        mutating func pass(_ text: inout String) {
            pass(count: text.utf8.count)
            bytes.append(contentsOf: text.utf8)
        }

        mutating func pass<Element>(
            _ list: inout [Element], of _: Element, _ body: (inout Self, inout Element) -> Void
        ) {
            pass(count: list.count)
            for var element in list { body(&self, &element) }
        }

        private mutating func pass(count: Int) {
            var number = UInt64(count)
            pass(&number)
        }
    }

    /// Reads bytes that a ``Writer`` wrote.
    struct Reader: CountersPasser {
        let bytes: [UInt8]
        var position = 0

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
        }

        mutating func pass(_ number: inout UInt64) {
            number = 0
            var shift: UInt64 = 0
            while true {
                let byte = bytes[position]
                position += 1
                number |= UInt64(byte & 0x7F) << shift
                guard byte >= 0x80 else { return }
                shift += 7
            }
        }

        mutating func pass(_ text: inout String) {
            let count = count()
            let end = position + count
            text = String(decoding: bytes[position..<end], as: UTF8.self)
            position = end
        }

        mutating func pass<Element>(
            _ list: inout [Element], of empty: Element,
            _ body: (inout Self, inout Element) -> Void
        ) {
            let count = count()
            list.reserveCapacity(count)
            for _ in 0..<count {
                var element = empty
                body(&self, &element)
                list.append(element)
            }
        }

        private mutating func count() -> Int {
            var number: UInt64 = 0
            pass(&number)
            return Int(number)
        }
    }
}

/// A reader or writer that each field is passed through.
protocol CountersPasser: FacetVisitor {
    mutating func pass(_ number: inout UInt64)
    mutating func pass(_ text: inout String)
    /// Passes a list. `empty` is the initial value of an element before it is read.
    mutating func pass<Element>(
        _ list: inout [Element], of empty: Element, _ body: (inout Self, inout Element) -> Void)
}

extension CountersPasser {
    mutating func pass(_ number: inout Int) {
        var bits = UInt64(bitPattern: Int64(number))
        pass(&bits)
        number = Int(Int64(bitPattern: bits))
    }

    mutating func pass(_ number: inout Int64) {
        var bits = UInt64(bitPattern: number)
        pass(&bits)
        number = Int64(bitPattern: bits)
    }

    mutating func pass(_ number: inout Double) {
        var bits = number.bitPattern.byteSwapped
        pass(&bits)
        number = Double(bitPattern: bits.byteSwapped)
    }

    mutating func pass(_ histogram: inout [LatencyCount]) {
        // The difference to the previous bucket usually fits into one byte.
        var before = 0
        pass(&histogram, of: LatencyCount(bucket: 0, count: 0)) {
            var step = $1.bucket &- before
            $0.pass(&step)
            $1.bucket = before &+ step
            before = $1.bucket
            $0.pass(&$1.count)
        }
    }

    /// Passes whether there is a value, and the value. `empty` is its initial value before it is
    /// read.
    mutating func passOptional<Value>(
        _ value: inout Value?, of empty: Value, _ body: (inout Self, inout Value) -> Void
    ) {
        var count = value == nil ? 0 : 1
        pass(&count)
        guard count == 1 else {
            value = nil
            return
        }
        var present = value ?? empty
        body(&self, &present)
        value = present
    }
}

extension Counters {
    /// Passes the fields of ``CallCounts``. They come first, so they can be read without the rest.
    mutating func passCalls(through passer: inout some CountersPasser) {
        passer.pass(&ok)
        passer.pass(&failed)
        passer.pass(&rejected)
        passer.pass(&attempts)
    }

    /// Passes every field, in a fixed order.
    mutating func pass(through passer: inout some CountersPasser) {
        passCalls(through: &passer)
        passer.pass(&cancelled)
        passer.pass(&retryMS)
        passer.pass(&inFlight)
        passer.pass(&waiting)
        passer.pass(&oldestMS)
        passer.pass(&retries, of: RetryCount(retries: 0, calls: 0)) {
            $0.pass(&$1.retries)
            $0.pass(&$1.calls)
        }
        passer.pass(&errors, of: ErrorCount(type: "", count: 0)) {
            $0.pass(&$1.type)
            $0.pass(&$1.count)
        }
        passer.pass(&latency)
        passer.pass(&messages, of: ErrorMessage(type: "", text: "")) {
            $0.pass(&$1.type)
            $0.pass(&$1.text)
        }
        var facets = facets
        passer.passOptional(&facets, of: CounterFacets()) {
            let other = $1
            $1.visit(&$0, with: other)
        }
        self.facets = facets
    }
}

extension CountersPasser {
    /// Passes whether there is a facet, and its fields.
    mutating func facet<Facet: CounterFacet>(
        _ name: StaticString, _ value: inout Facet?, _ other: Facet?
    ) {
        passOptional(&value, of: Facet()) {
            let other = $1
            $1.visit(&$0, with: other)
        }
    }

    mutating func count(_ name: StaticString, _ value: inout Int, _ other: Int) { pass(&value) }

    mutating func gauge(_ name: StaticString, _ value: inout Int, _ other: Int) { pass(&value) }

    mutating func share(_ name: StaticString, _ value: inout Double, _ other: Double) {
        pass(&value)
    }

    mutating func longest(
        _ name: StaticString, _ value: inout Int64?, _ other: Int64?, of number: Int
    ) {
        passOptional(&value, of: 0) { $0.pass(&$1) }
    }

    mutating func histogram(
        _ name: StaticString, _ value: inout [LatencyCount], _ other: [LatencyCount]
    ) {
        pass(&value)
    }
}
