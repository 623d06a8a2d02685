import Dashboard
package import Fleet
import Foundation
package import Settings

// The keys `alerts` and `silences` of config.yaml.

extension AlertRule {
    private static let keys = [
        "name", "when", "value", "min_calls", "for", "repeat", "match", "run",
    ]

    /// The names of the conditions of a rule.
    private enum Kind: String, CaseIterable {
        case breaker_open, served_below, amplification_above, budget_below, waiting_longer_than
        case agent_stale, agent_gone, flapping

        /// The keys that only some conditions accept.
        var keys: [String] {
            switch self {
            case .served_below, .amplification_above: ["value", "min_calls"]
            case .budget_below, .waiting_longer_than: ["value"]
            case .breaker_open, .agent_stale, .agent_gone, .flapping: []
            }
        }
    }

    /// Reads a list of rules. Their names must be unique.
    package static func list(_ setting: Setting) throws(SettingsError) -> [AlertRule] {
        var rules: [AlertRule] = []
        for item in try setting.items() {
            let rule = try AlertRule(item)
            guard !rules.contains(where: { $0.name == rule.name }) else {
                throw item.error(
                    .other("two rules are named \(rule.name): expected different names"))
            }
            rules.append(rule)
        }
        return rules
    }

    private init(_ setting: Setting) throws(SettingsError) {
        let entries = try setting.entries(Self.keys)
        guard let when = entries["when"] else { throw setting.error(.missingKey("when")) }
        let kind = try when.value(Kind.allCases.map(\.rawValue).joined(separator: ", ")) {
            Kind(rawValue: $0)
        }
        self.init(name: kind.rawValue, condition: try Self.condition(kind, entries, setting))
        if let name = entries["name"] {
            self.name = try name.value("a name of at most 64 bytes, without control characters") {
                !$0.isEmpty && $0.utf8.count <= 64 && $0.isPrintable ? $0 : nil
            }
        }
        if let time = entries["for"] { forMS = try time.milliseconds() }
        if let time = entries["repeat"] { repeatMS = try time.milliseconds(atLeast: 1_000) }
        if let pattern = entries["match"] { match = try pattern.pattern() }
        if let line = entries["run"] {
            command = try line.value("a command for /bin/sh") {
                !$0.isEmpty && !$0.contains("\0") ? $0 : nil
            }
        }
    }

    private static func condition(
        _ kind: Kind, _ entries: [String: Setting], _ setting: Setting
    ) throws(SettingsError) -> Condition {
        for key in ["value", "min_calls"] where !kind.keys.contains(key) {
            guard let entry = entries[key] else { continue }
            throw entry.error(.other("\(key): not allowed with \(kind.rawValue)"))
        }
        func value() throws(SettingsError) -> Setting {
            guard let value = entries["value"] else { throw setting.error(.missingKey("value")) }
            return value
        }
        func minCalls() throws(SettingsError) -> Int {
            try entries["min_calls"]?.value("a number of calls, at least 1") { text in
                Int(text).flatMap { $0 >= 1 ? $0 : nil }
            } ?? 20
        }
        switch kind {
        case .breaker_open: return .breakerOpen
        case .served_below:
            return .servedBelow(share: try value().share(), minCalls: try minCalls())
        case .amplification_above:
            let attempts = try value().value("attempts a call, at least 1, such as 2.5") { text in
                Double(text).flatMap { $0.isFinite && $0 >= 1 ? $0 : nil }
            }
            return .amplificationAbove(attempts: attempts, minCalls: try minCalls())
        case .budget_below: return .budgetBelow(share: try value().share())
        case .waiting_longer_than: return .waitingLonger(than: try value().milliseconds())
        case .agent_stale: return .agentStale
        case .agent_gone: return .agentGone
        case .flapping: return .flapping
        }
    }
}

extension AlertSilence {
    private static let keys = ["match", "until", "reason"]

    package init(_ setting: Setting) throws(SettingsError) {
        let entries = try setting.entries(Self.keys)
        func entry(_ key: String) throws(SettingsError) -> Setting {
            guard let entry = entries[key] else { throw setting.error(.missingKey(key)) }
            return entry
        }
        let until = try entry("until").value("a time such as 2026-08-01T18:00:00Z") { text in
            RecordingTime(argument: text)?.absolute
        }
        let reason = try entry("reason").value("a reason of at most 256 bytes, on one line") {
            !$0.isEmpty && $0.utf8.count <= 256 && $0.isPrintable ? $0 : nil
        }
        self.init(
            match: try entry("match").pattern(),
            until: until, reason: reason)
    }
}

extension Setting {
    fileprivate func share() throws(SettingsError) -> Double {
        try value("a percentage such as 50%") { text in
            guard text.hasSuffix("%"), let percent = Double(text.dropLast()),
                (0...100).contains(percent)
            else { return nil }
            return percent / 100
        }
    }

    package func milliseconds(atLeast least: Int64 = 0) throws(SettingsError) -> Int64 {
        let atLeast = least > 0 ? ", at least \(Format.duration(least))" : ""
        return try value("a time such as 30s, 5m or 2h\(atLeast)") { text in
            DurationValue(argument: text).flatMap {
                $0.milliseconds >= least ? $0.milliseconds : nil
            }
        }
    }

    package func pattern() throws(SettingsError) -> AddressPattern {
        try value("AGENT:STRATEGY or AGENT, with * for any text") { text in
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            return parts.contains("") || parts[0].contains("@") ? nil : AddressPattern(text)
        }
    }
}

extension String {
    package var isPrintable: Bool {
        !unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
}
