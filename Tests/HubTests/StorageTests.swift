import HostSupport
import Sockets
import Testing

@testable import Hub

@Suite struct StorageTests {
    private let full = LineFile.Failed(errno: 28)

    @Test func eachChangeIsReportedOnce() {
        var storage = Storage(store: nil, trouble: nil, at: 0)
        #expect(storage.record(nil, of: .audit) == false)
        #expect(storage.record(full, of: .audit) == true)
        #expect(storage.record(full, of: .audit) == false)
        #expect(storage.record(full, of: .standing) == true)
        #expect(storage.failures == [.audit: full, .standing: full])
        #expect(storage.record(nil, of: .audit) == true)
        #expect(storage.failures == [.standing: full])
    }

    @Test func ordersFileIsWrittenAgainOnlyIfItsOrdersChangedOrItsWriteFailed() {
        var storage = Storage(store: nil, trouble: nil, at: 0)
        #expect(storage.revision(of: [], 7) == "7-1")
        #expect(storage.revision(of: [], 7) == nil)
        #expect(storage.revision(of: [1], 7) == "7-2")
        #expect(storage.revision(of: [1], 7) == nil)
        _ = storage.record(full, of: .orders)
        #expect(storage.revision(of: [1], 7) == "7-3")
    }

    @Test func unusableDirectoryIsNotReportedForEachFile() {
        var storage = Storage(
            store: nil, trouble: .failed("cannot create /state"), at: 0)
        #expect(storage.record(full, of: .audit) == false)
        #expect(storage.failures == [.audit: full])
    }
}
