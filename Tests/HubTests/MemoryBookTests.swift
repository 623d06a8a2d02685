import ResilienceWire
import TestSupport
import Testing

@testable import Hub

@Suite struct MemoryBookTests {
    private func id(_ digit: String) -> InstanceID {
        InstanceID(agent: "a", instance: InstanceDigits(repeating: digit))
    }

    @Test func totalIsTheSumOfAllStrategies() {
        var book = MemoryBook()
        book.set([("pay", 100)], of: id("a"))
        book.set([("llm", 50)], of: id("a"))
        book.set([("pay", 10)], of: id("b"))
        #expect(book.total == 160 && book.bytes(of: id("a")) == 150)
        book.set([("pay", 30)], of: id("a"))
        #expect(book.total == 90 && book.bytes(of: id("a")) == 80)
        #expect(book.largest == id("a"))
        book.remove(id("a"))
        #expect(book.total == 10 && book.largest == id("b"))
        book.keep { _ in false }
        #expect(book.total == 0 && book.largest == nil)
    }
}
