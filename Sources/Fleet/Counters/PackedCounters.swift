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
protocol CountersPasser {
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

    /// Passes an optional as a list of at most one element.
    mutating func pass<Value>(
        _ value: inout Value?, of empty: Value, _ body: (inout Self, inout Value) -> Void
    ) {
        var list = value.map { [$0] } ?? []
        pass(&list, of: empty, body)
        value = list.first
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
        // The difference to the previous bucket, which usually fits into one byte.
        var before = 0
        passer.pass(&latency, of: LatencyCount(bucket: 0, count: 0)) {
            var step = $1.bucket &- before
            $0.pass(&step)
            $1.bucket = before &+ step
            before = $1.bucket
            $0.pass(&$1.count)
        }
        passer.pass(&messages, of: ErrorMessage(type: "", text: "")) {
            $0.pass(&$1.type)
            $0.pass(&$1.text)
        }
        var facets = facets
        passer.pass(&facets, of: CounterFacets()) { $1.pass(through: &$0) }
        self.facets = facets
    }
}

extension CounterFacets {
    fileprivate mutating func pass(through passer: inout some CountersPasser) {
        passer.pass(&bulkhead, of: BulkheadCounters(active: 0, queued: 0, rejected: 0)) {
            $0.pass(&$1.active)
            $0.pass(&$1.queued)
            $0.pass(&$1.rejected)
        }
        passer.pass(&hedge, of: HedgeCounters(launched: 0, won: 0)) {
            $0.pass(&$1.launched)
            $0.pass(&$1.won)
        }
        passer.pass(&fallback, of: FallbackCounters(used: 0, cached: 0)) {
            $0.pass(&$1.used)
            $0.pass(&$1.cached)
            $0.pass(&$1.oldestAgeMS, of: 0) { $0.pass(&$1) }
        }
        passer.pass(&budget, of: BudgetCounters(remaining: 0, denied: 0)) {
            $0.pass(&$1.remaining)
            $0.pass(&$1.denied)
        }
        passer.pass(&idempotency, of: IdempotencyCounters(executed: 0, shared: 0, replayed: 0)) {
            $0.pass(&$1.executed)
            $0.pass(&$1.shared)
            $0.pass(&$1.replayed)
        }
        passer.pass(&batch, of: BatchCounters(items: 0, failed: 0, partial: 0)) {
            $0.pass(&$1.items)
            $0.pass(&$1.failed)
            $0.pass(&$1.partial)
        }
    }
}
