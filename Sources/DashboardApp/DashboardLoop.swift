package import Dashboard
import Foundation
import HostSupport
import Screen
import Terminal

/// The dashboard's thread: it owns the terminal, passes events to `update`, and shows the result of `render`.
///
/// A key is shown at once, new data at most ten times a second.
package enum DashboardLoop {
    /// The subject of a dashboard: its first state, its feed, and where it stores things.
    package struct Subject: Sendable {
        package let state: State
        package let feed: any Feed
        /// The history of command lines; `nil` in a demo.
        package var history: CommandHistory?
        /// Starts and stops recordings; `nil` if the subject cannot be recorded.
        package var recorder: Recorder?
        /// Stores the recent past; `nil` in a replay.
        package var rewind: RewindBuffer?

        package init(
            state: State, feed: any Feed, history: CommandHistory? = nil, recorder: Recorder? = nil,
            rewind: RewindBuffer? = nil
        ) {
            self.state = state
            self.feed = feed
            self.history = history
            self.recorder = recorder
            self.rewind = rewind
        }
    }

    /// Why the dashboard ended.
    package enum Ending: Sendable {
        case quit
        /// The number of the signal that ended it.
        case signal(Int32)
        case terminalGone
    }

    /// The longest time for which new data keeps keys waiting.
    private static let newsTurn = Duration.milliseconds(1)

    /// Shows the dashboard until the operator quits, the time is over or the terminal is gone.
    ///
    /// - Parameters:
    ///   - look: the appearance.
    ///   - limit: the time after which the dashboard ends; `nil` for no limit.
    package static func run(
        _ subject: Subject, _ look: DisplaySettings, limit: Duration? = nil
    ) async throws -> Ending {
        let result = await withCheckedContinuation { continuation in
            let thread = Thread {
                continuation.resume(returning: Result { try show(subject, look, limit: limit) })
            }
            // The size of a main thread's stack; the default of other threads is small.
            thread.stackSize = 8 << 20
            thread.start()
        }
        return try result.get()
    }

    private static func show(_ subject: Subject, _ look: DisplaySettings, limit: Duration?) throws
        -> Ending
    {
        let terminal: Terminal
        do throws(TerminalError) {
            terminal = try Terminal(theme: look.theme, ascii: look.ascii)
        } catch {
            throw Failure(.refused, "\(error)")
        }
        defer { terminal.close() }
        let mailbox = Mailbox(terminal.waker)
        subject.feed.start(mailbox)
        subject.recorder?.adopt(mailbox)
        defer {
            subject.feed.stop()
            subject.rewind?.finish()
            subject.history?.finish()
        }
        var state = subject.state
        var look = look
        state.restore(look.view)
        var notices = terminal.notices + look.notices
        if !look.view.filter.isEmpty {
            notices.append("the filter of the last session is active: \(look.view.filter)")
        }
        if !notices.isEmpty { _ = update(&state, .notice(notices.joined(separator: "; "))) }
        defer { look.file?.finish() }
        resize(&state, terminal)
        let end = limit.map { ContinuousClock.now + $0 }
        var pace = FramePace(began: monotonicMS())
        while true {
            let now = monotonicMS()
            if pace.isFrameDue(at: now) {
                terminal.show(render(state, glyphs: terminal.glyphs))
                pace.shown(at: now)
            }
            if let end, ContinuousClock.now >= end { return .quit }
            for event in terminal.nextEvents(timeoutMilliseconds: pace.timeout(at: monotonicMS())) {
                switch event {
                case .key(let key):
                    if perform(update(&state, .key(key)), &state, &look, subject, terminal, mailbox)
                    {
                        return .quit
                    }
                    look.keep(state.savedView)
                    pace.wantFrameNow()
                case .resize, .resumed:
                    resize(&state, terminal)
                    pace.wantFrameNow()
                case .terminate(let signal):
                    return .signal(signal)
                case .terminalGone:
                    return .terminalGone
                case .wake:
                    pace.wantNews()
                case .timeout:
                    break
                }
            }
            if pace.areNewsDue(at: monotonicMS()) {
                let turnEnd = ContinuousClock.now + newsTurn
                repeat {
                    guard let event = mailbox.next() else {
                        pace.tookNews(at: monotonicMS())
                        break
                    }
                    let effects = update(&state, event)
                    if perform(effects, &state, &look, subject, terminal, mailbox) {
                        return .quit
                    }
                    if case .batch(let lines) = event {
                        if effects.contains(.draw) { pace.wantFrame() }
                        subject.rewind?.take(lines) { state.present }
                    } else {
                        pace.wantFrame()
                    }
                } while ContinuousClock.now < turnEnd
            }
            if pace.isTickDue(at: monotonicMS()) {
                if pace.isSecondOver(at: monotonicMS()),
                    update(&state, .secondPassed).contains(.draw)
                {
                    pace.wantFrame()
                }
                guard let at = subject.feed.time else {
                    pace.missedTick(at: monotonicMS())
                    continue
                }
                let began = ContinuousClock.now
                let draws = update(
                    &state, pace.updatesAllRows ? .tick(at: at) : .clock(at: at)
                ).contains(.draw)
                if draws { pace.wantFrame() }
                pace.ticked(at: monotonicMS(), took: .now - began, draws: draws)
            }
            if pace.areMoreRowsDue(at: monotonicMS()) {
                let began = ContinuousClock.now
                let isOver = update(&state, .moreRows).contains(.draw)
                if isOver { pace.wantFrame() }
                pace.updatedRows(at: monotonicMS(), took: .now - began, isOver: isOver)
            }
        }
    }

    private static func resize(_ state: inout State, _ terminal: Terminal) {
        let size = terminal.size
        _ = update(&state, .resized(width: size.width, height: size.height))
    }

    /// Performs effects.
    ///
    /// - Returns: whether the program ends.
    private static func perform(
        _ effects: [Effect], _ state: inout State, _ look: inout DisplaySettings,
        _ subject: Subject,
        _ terminal: Terminal, _ mailbox: Mailbox
    ) -> Bool {
        for effect in effects {
            switch effect {
            case .quit: return true
            case .draw: break
            case .reconnect(let why): subject.feed.reconnect(why)
            case .send(let command): subject.feed.send(command)
            case .follow(let figures): subject.feed.follow(figures: figures)
            case .replay(let control): subject.feed.control(control)
            case .present: subject.feed.returnToPresent()
            case .record(let path): subject.recorder?.start(path, mailbox)
            case .stopRecording: subject.recorder?.stop(mailbox)
            case .copy(let text): terminal.copy(text)
            case .remember(let line): subject.history?.keep(line)
            case .theme(let name):
                do throws(Failure) {
                    try look.choose(name)
                    terminal.setTheme(look.theme)
                } catch {
                    _ = update(&state, .notice(error.message))
                }
            }
        }
        return false
    }

    private static func monotonicMS() -> Int64 {
        Int64(DispatchTime.now().uptimeNanoseconds / 1_000_000)
    }
}
