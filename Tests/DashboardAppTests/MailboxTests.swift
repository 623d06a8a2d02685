import Dashboard
import Testing

@testable import DashboardApp
@testable import Terminal

@Suite struct MailboxTests {
    private func text(_ event: Dashboard.Event?) -> String? {
        if case .notice(let text) = event { text } else { nil }
    }

    @Test func eventsAreTakenOneByOneInOrder() throws {
        let mailbox = Mailbox(try Waker())
        for number in 0..<5 { mailbox.post(.notice("\(number)")) }
        #expect((0..<5).map { _ in text(mailbox.next()) } == (0..<5).map { "\($0)" })
        #expect(mailbox.next() == nil)
    }

    @Test(arguments: [1, 2, 5]) func senderWaitsUntilFewerEventsThanItsLimitAreQueued(limit: Int)
        async throws
    {
        let mailbox = Mailbox(try Waker())
        for number in 0..<5 { mailbox.post(.notice("\(number)")) }
        let sender = Task {
            await mailbox.room(below: limit)
            mailbox.post(.notice("late"))
        }
        // The sender cannot post before this number of events is taken.
        for number in 0..<6 - limit { #expect(text(mailbox.next()) == "\(number)") }
        await sender.value
        var rest: [String] = []
        while let event = mailbox.next() { rest.append(text(event) ?? "") }
        #expect(rest == (6 - limit..<5).map { "\($0)" } + ["late"])
    }

    @Test func eventsOfThePastAreRemovedAfterItIsLeft() throws {
        let mailbox = Mailbox(try Waker())
        mailbox.post(.past(.notice("old")))
        mailbox.post(.notice("new"))
        mailbox.forgetPast()
        #expect(text(mailbox.next()) == "new")
        #expect(mailbox.next() == nil)
    }
}
