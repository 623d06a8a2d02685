public import Fleet
import HostSupport
import NIOCore
import NIOPosix
import ResilienceWire

// Alerts: evaluating rules, publishing alerts and running their commands.

extension Hub {
    /// Publishes an alert that fires while the recording is stopped. Alerts are published in the
    /// order of the calls. Any thread may call this.
    public nonisolated func tellRecording(isStopped: Bool, _ words: String) {
        tell(Alert.recordingRule, isFiring: isStopped, words)
    }

    /// Publishes an alert that fires while the configuration has an error and is not in force.
    public nonisolated func tellConfig(isWrong: Bool, _ words: String) {
        tell(Alert.configRule, isFiring: isWrong, words)
    }

    /// Publishes an alert that fires while commands are not written to the audit log.
    ///
    /// - Parameter why: the reason; `nil` if the audit log is written again.
    func tellAudit(_ why: String?) {
        let detail = why.map(Self.unaudited)
        publish(
            .alert(
                Alert(
                    id: Alert.auditRule, rule: Alert.auditRule, firing: why != nil, about: "hub",
                    detail: SafeText.sanitise(
                        detail ?? "the audit log can be written again", maxBytes: 512))))
        flushSoon()
    }

    /// The message for commands without an audit log: the consequence and the remedy.
    static func unaudited(_ why: String) -> String {
        "UNAUDITED: set XDG_STATE_HOME to a writable directory; \(why). Commands are still carried "
            + "out and written to the system log; use --audit required to refuse them"
    }

    /// Logs words and publishes them as an alert about the hub.
    ///
    /// - Returns: the words, safe to show.
    @discardableResult
    func announce(_ rule: String, id: String, isFiring: Bool, _ words: String) -> String {
        let safe = SafeText.sanitise(words, maxBytes: 512)
        log(safe)
        publish(.alert(Alert(id: id, rule: rule, firing: isFiring, about: "hub", detail: safe)))
        flushSoon()
        return safe
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

    /// Replaces the rules and silences. An alert keeps firing if a rule with the same name still
    /// exists.
    public func adopt(_ alerts: AlertRules) {
        perform(alerting.evaluator.adopt(alerts))
        flush()
    }

    /// Restores the alerts that an earlier hub saved.
    func recallAlerts() {
        for line in recall(.alerts) {
            guard case .alert(let alert) = line.message,
                alerting.evaluator.recall(alert, at: clock.at)
            else { continue }
            fleet.apply(line)
        }
    }

    func keepAlerts() {
        var bytes: [UInt8] = []
        for alert in alerting.evaluator.told(of: fleet.alerts) { alert.line.encode(into: &bytes) }
        write([.alerts: bytes])
    }

    func evaluateAlerts() {
        perform(alerting.evaluate(fleet, now: clock.at))
    }

    private func perform(_ actions: [AlertEvaluator.Action]) {
        for action in actions {
            switch action {
            case .publish(let alert):
                publish(.alert(alert))
            case .run(let command, let alert):
                let job = AlertQueue.Job(
                    command: command, line: Line(at: clock.at, .alert(alert)))
                if !alerting.queue.add(job) {
                    log(
                        "the alert command for \(alert.rule) of \(alert.about) was not run: "
                            + "\(AlertQueue.limit) commands are waiting already")
                }
            }
        }
        if !actions.isEmpty { keepAlerts() }
        runAlertCommands()
    }

    private func runAlertCommands() {
        while let job = alerting.queue.next() {
            do throws(BackgroundProcess.Failed) {
                follow(try AlertCommand(job.command, job.line, openFiles: openFiles.inherited), job)
            } catch {
                alerting.queue.ended()
                log("the alert command '\(job.command)' failed: \(error)")
            }
        }
    }

    /// Waits for the command on another thread, and kills it after ``Options/alertPatience``.
    private func follow(_ command: AlertCommand, _ job: AlertQueue.Job) {
        let patience = options.alertPatience
        let timeout = loop.assumeIsolated().scheduleTask(in: TimeAmount(patience)) {
            command.kill()
            self.log("the alert command '\(job.command)' was killed after \(patience)")
        }
        alerting.threads.start()
        alerting.threads.runIfActive(eventLoop: loop) { command.waitForEnd() }
            .assumeIsolated().whenComplete { _ in
                self.assumeIsolated { hub in
                    timeout.cancel()
                    hub.alerting.queue.ended()
                    if let failure = command.failure() {
                        hub.log("the alert command '\(job.command)' failed: \(failure)")
                    }
                    hub.runAlertCommands()
                }
            }
    }
}
