import Recording
import Testing

@Suite struct RetentionTests {
    func file(_ hour: Int, bytes: Int64 = 10) -> Retention.File {
        Retention.File(
            name: Retention.name(year: 2026, month: 8, day: 1, second: hour * 3_600), bytes: bytes,
            changed: Int64(hour) * 3_600_000)
    }

    @Test func recordingNamesSortByTime() {
        #expect(file(9).name == "fusebox-20260801T090000Z.ndjson.zst")
        #expect(file(9).name < file(10).name)
        #expect(Retention.isRecording(file(9).name))
    }

    @Test(arguments: [
        "notes.txt", "fusebox-.ndjson.zst", "fusebox-20260801T0900xxZ.ndjson.zst",
        "fusebox-20260801T090000Z.ndjson", "incident.ndjson.zst",
    ])
    func otherFilesAreNeverRemoved(name: String) {
        let other = Retention.File(name: name, bytes: 1 << 40, changed: 0)
        let retention = Retention(keepMS: 0, maxBytes: 0)
        #expect(retention.outdated([other, file(1)], now: 1 << 40) == [])
    }

    @Test func recordingsThatAreTooOldAreRemoved() {
        let retention = Retention(keepMS: 2 * 3_600_000, maxBytes: 1_000)
        let files = [file(3), file(1), file(2)]
        #expect(retention.outdated(files, now: 4 * 3_600_000 - 1) == [file(1).name])
    }

    @Test func oldestRecordingsAreRemovedWhileTheTotalIsTooLarge() {
        let retention = Retention(keepMS: .max, maxBytes: 25)
        #expect(
            retention.outdated([file(1), file(2), file(3), file(4)], now: 0) == [
                file(1).name, file(2).name,
            ])
    }

    @Test func recordingBeingWrittenIsKept() {
        let retention = Retention(keepMS: 0, maxBytes: 0)
        #expect(retention.outdated([file(1)], now: .max) == [])
    }
}
