import Dashboard
import Fleet
import Foundation
import Settings
import TestSupport
import Testing

@testable import DashboardApp

@Suite struct ConfigTests {
    func read(_ yaml: String) throws -> AlertRules { try Config(yaml: yaml, file: "c.yaml").alerts }

    @Test func withoutAWordEverythingIsAsFromTheStart() throws {
        for yaml in ["", "# nothing\n", "silences: []"] {
            #expect(try read(yaml) == .standard)
        }
        #expect(try Config.load("/nonexistent/config.yaml").alerts == .standard)
        #expect(try read("alerts: []").rules.isEmpty)
    }

    @Test func howMuchOfThePastIsKeptIsRead() throws {
        #expect(try Config(yaml: "past: 1.5GB", file: "c.yaml").pastBytes == 1_500_000_000)
        #expect(Config().pastBytes == 256_000_000)
    }

    @Test func howFarApartScrapesAreIsRead() throws {
        #expect(Config().scrapeInterval == .seconds(15))
        #expect(try Config(yaml: "scrape: 1m", file: "c.yaml").scrapeInterval == .seconds(60))
    }

    @Test func howLongTheAuditLogIsKeptIsRead() throws {
        #expect(Config().auditKeep == .seconds(90 * 86_400))
        #expect(
            try Config(yaml: "audit_keep: 30d", file: "c.yaml").auditKeep == .seconds(30 * 86_400))
        #expect(throws: SettingsError.self) {
            try Config(yaml: "audit_keep: 1h", file: "c.yaml")
        }
    }

    @Test func readmeExampleListsTheDefaultRules() throws {
        let readme = try String(
            contentsOf: Tool.root.appending(path: "README.md"), encoding: .utf8)
        let begin = try #require(readme.range(of: "```yaml\n")).upperBound
        let end = try #require(readme.range(of: "```", range: begin..<readme.endIndex)).lowerBound
        let alerts = try read(String(readme[begin..<end]))
        #expect(alerts.rules.filter { $0.command == nil } == AlertRules.standard.rules)
        let own = AlertRule(
            name: "payments", condition: .servedBelow(share: 0.95, minCalls: 20), forMS: 60_000,
            repeatMS: 1_800_000, match: AddressPattern("planner:pay/*"),
            command: "./page-somebody")
        #expect(alerts.rules.last == own)
        #expect(
            alerts.silences == [
                AlertSilence(
                    match: AddressPattern("*:cache/*"), until: 1_785_607_200_000,
                    reason: "the cache moves")
            ])
    }

    @Test func runbooksAreRead() throws {
        let yaml = "runbooks:\n  - match: '*:pay/*'\n    url: https://wiki.corp/pay\n"
        let config = try Config(yaml: yaml, file: "c.yaml")
        #expect(
            config.runbooks == [
                Runbook(match: AddressPattern("*:pay/*"), url: "https://wiki.corp/pay")
            ])
    }

    @Test(arguments: [
        (
            "alert: []",
            "1: unknown key alert, expected one of: alerts, audit_keep, metrics, past, runbooks, scrape, silences, theme"
        ),
        ("alerts: on", "1: alerts: expected a list, found on"),
        ("alerts:\n  - open", "2: alerts: expected a mapping, found open"),
        ("alerts:\n  - name: x", "2: the key when is missing"),
        ("alerts:\n  - when: opened", "2: alerts.when: expected breaker_open, served_below"),
        (
            "alerts:\n  - when: breaker_open\n    fro: 3s",
            "3: unknown key fro, expected one of: name"
        ),
        (
            "alerts:\n  - when: breaker_open\n    for: 3",
            "3: alerts.for: expected a time such as 30s"
        ),
        (
            "alerts:\n  - when: breaker_open\n    repeat: 1ms",
            "3: alerts.repeat: expected a time such as 30s, 5m or 2h, at least 1s, found 1ms"
        ),
        (
            "alerts:\n  - when: breaker_open\n    value: 3",
            "3: value: not allowed with breaker_open"
        ),
        (
            "alerts:\n  - when: budget_below\n    value: 5%\n    min_calls: 2",
            "4: min_calls: not allowed with budget_below"
        ),
        ("alerts:\n  - when: served_below", "2: the key value is missing"),
        (
            "alerts:\n  - when: served_below\n    value: 0.5",
            "3: alerts.value: expected a percentage such as 50%, found 0.5"
        ),
        (
            "alerts:\n  - when: served_below\n    value: 101%",
            "3: alerts.value: expected a percentage"
        ),
        (
            "alerts:\n  - when: amplification_above\n    value: nan",
            "3: alerts.value: expected attempts a call"
        ),
        (
            "alerts:\n  - when: served_below\n    value: 5%\n    min_calls: 0",
            "4: alerts.min_calls: expected a number of calls, at least 1, found 0"
        ),
        (
            "alerts:\n  - when: agent_gone\n    match: 'a@1234:s'",
            "3: alerts.match: expected AGENT:"
        ),
        ("runbooks:\n  - match: a", "2: the key url is missing"),
        (
            "runbooks:\n  - match: a\n    url: ftp://x",
            "3: runbooks.url: expected an address that begins with https:// or http://, found ftp"
        ),
        ("alerts:\n  - when: agent_gone\n    run: [ls]", "3: alerts.run: expected a command"),
        ("alerts:\n  - when: agent_gone\n    name: \"a\\nb\"", "3: alerts.name: expected a name"),
        (
            "alerts:\n  - when: agent_gone\n  - when: agent_gone",
            "3: two rules are named agent_gone"
        ),
        ("silences:\n  - match: a\n    reason: b", "2: the key until is missing"),
        (
            "silences:\n  - match: a\n    until: tomorrow\n    reason: b",
            "3: silences.until: expected a time such as 2026-08-01T18:00:00Z, found tomorrow"
        ),
        ("metrics: :1\ntheme: [dark]", "2: theme: expected a word, found a list"),
        ("past: much", "1: past: expected a size such as 512MB, found much"),
        ("alerts:\n  - when: [", "2: not YAML: "),
        ("alerts: []\nalerts: []", "1: the key alerts stands twice"),
    ])
    func mistakesAreNamedWithTheirLine(yaml: String, expected: String) {
        let error = #expect(throws: SettingsError.self) { try read(yaml) }
        let description = error?.description ?? ""
        #expect(description.hasPrefix("c.yaml:" + expected), "\(description)")
    }
}
