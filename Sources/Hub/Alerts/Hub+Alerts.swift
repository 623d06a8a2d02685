public import Fleet
import HostSupport
import NIOCore
import NIOPosix
import ResilienceWire

// Alerts: looked out for, told, and their commands run.

extension Hub {
    /// Tells those who watch, by an alert, that its recording has stopped, or that it goes on again.
    /// In the order in which it is told.
    public nonisolated func tellRecording(isStopped: Bool, _ words: String) {
        tell(Alert.recordingRule, isFiring: isStopped, words)
    }

    /// Tells those who watch, by an alert, that its config has a mistake and is not in force, or that it
    /// has none any more.
    public nonisolated func tellConfig(isWrong: Bool, _ words: String) {
        tell(Alert.configRule, isFiring: isWrong, words)
    }

    /// Tells those who watch, by an alert, that commands are not written down, or that they are again.
    ///
    /// - Parameter why: why they are not; `nil` where they are.
    func tellAudit(_ why: String?) {
        let detail = why.map(Self.unaudited)
        publish(
            .alert(
                Alert(
                    id: Alert.auditRule, rule: Alert.auditRule, firing: why != nil, about: "hub",
                    detail: SafeText.sanitise(detail ?? "written again", maxBytes: 512))))
        flushSoon()
    }

    /// What it means that commands are not written down, and the remedy.
    static func unaudited(_ why: String) -> String {
        "UNAUDITED: set XDG_STATE_HOME to a directory that can be written; \(why). Orders are carried "
            + "out all the same and told to the system log; --audit required refuses them"
    }

    private nonisolated func tell(_ rule: String, isFiring: Bool, _ words: String) {
        let alert = Alert(
            id: rule, rule: rule, firing: isFiring, about: "hub",
            detail: SafeText.sanitise(words, maxBytes: 256))
        loop.execute { [weak self] in
            self?.assumeIsolated { hub in
                hub.publish(.alert(alert))
                hub.flushSoon()
            }
        }
    }

    /// The ticks that it takes to look at everybody once: a second.
    static let alertParts = 10

    /// Takes other rules and silences. What fires goes on where its rule is still there by name.
    public func adopt(_ alerts: AlertRules) {
        perform(alertEvaluator.adopt(alerts))
        flush()
    }

    /// Goes on with the alerts of an earlier hub.
    func recallAlerts() {
        for line in recall(.alerts) {
            guard case .alert(let alert) = line.message, alertEvaluator.recall(alert, at: clock.at)
            else { continue }
            fleet.apply(line)
        }
    }

    func keepAlerts() {
        var bytes: [UInt8] = []
        for alert in alertEvaluator.told(of: fleet.alerts) { alert.line.encode(into: &bytes) }
        write([.alerts: bytes])
    }

    func evaluateAlerts() {
        perform(
            alertEvaluator.evaluate(fleet, part: alertPart, of: Self.alertParts, now: clock.at))
        alertPart = (alertPart + 1) % Self.alertParts
    }

    private func perform(_ actions: [AlertEvaluator.Action]) {
        for action in actions {
            switch action {
            case .publish(let alert):
                publish(.alert(alert))
            case .run(let command, let alert):
                let job = AlertQueue.Job(
                    command: command, line: Line(at: clock.at, .alert(alert)))
                if !alertQueue.add(job) {
                    log(
                        "\(AlertQueue.limit) commands of alerts wait; not run for "
                            + "\(alert.rule) of \(alert.about)")
                }
            }
        }
        if !actions.isEmpty { keepAlerts() }
        runAlertCommands()
    }

    private func runAlertCommands() {
        while let job = alertQueue.next() {
            do throws(BackgroundProcess.Failed) {
                follow(try AlertCommand(job.command, job.line), job)
            } catch {
                alertQueue.ended()
                log("the command '\(job.command)' of an alert failed: \(error)")
            }
        }
    }

    /// Waits on another thread, and ends here what takes too long.
    private func follow(_ command: AlertCommand, _ job: AlertQueue.Job) {
        let patience = options.alertPatience
        let timeout = loop.assumeIsolated().scheduleTask(in: TimeAmount(patience)) {
            command.kill()
            self.log("the command '\(job.command)' of an alert was ended after \(patience)")
        }
        alertThreads.start()
        alertThreads.runIfActive(eventLoop: loop) { command.waitForEnd() }
            .assumeIsolated().whenComplete { _ in
                self.assumeIsolated { hub in
                    timeout.cancel()
                    hub.alertQueue.ended()
                    if let failure = command.failure() {
                        hub.log("the command '\(job.command)' of an alert failed: \(failure)")
                    }
                    hub.runAlertCommands()
                }
            }
    }
}
