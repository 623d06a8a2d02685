import Fleet
import Foundation
import ResilienceWire
import WhatIf

/// The report on a what-if trial: the results, and the data that they are based on.
struct WhatIfReport {
    let address: String
    let calls: [WhatIf.Call]
    let recorded: WhatIf.Policy
    let asked: WhatIf.Policy
    /// The recorded outcome.
    let was: WhatIf.Outcome
    /// The outcome of a trial with the recorded policy.
    let control: WhatIf.Outcome
    let outcome: WhatIf.Outcome

    private var rows: [(name: String, value: (WhatIf.Outcome) -> Int)] {
        [
            ("served", \.ok), ("failed", \.failed), ("rejected", \.rejected),
            ("attempts", \.attempts), ("opens", \.opens), ("drawn", \.drawn),
        ]
    }

    var text: String {
        let span = (calls.last?.at ?? 0) - (calls.first?.at ?? 0)
        var lines = [
            "\(address): \(calls.count) calls in \(Format.duration(span))",
            "recorded under: \(words(recorded))", "asked:          \(words(asked))", "",
            "            recorded     tried     asked   difference",
        ]
        for row in rows {
            let (was, tried, asked) = (row.value(was), row.value(control), row.value(outcome))
            let difference = asked - tried
            let sign = difference > 0 ? "+" : ""
            lines.append(
                row.name.padding(toLength: 10, withPad: " ", startingAt: 0)
                    + [String(was), String(tried), String(asked), sign + String(difference)].map {
                        String(repeating: " ", count: max(1, 10 - $0.count)) + $0
                    }.joined())
        }
        return (lines + [""] + assumptions).joined(separator: "\n")
    }

    /// The data that the result is based on.
    var assumptions: [String] {
        [
            "'tried' simulates the recorded policy; its deviation from 'recorded' is the error of the "
                + "simulation. 'difference' is 'asked' minus 'tried'.",
            "Assumed: recorded attempts end as recorded. An attempt that was not recorded succeeds as "
                + "often as those of the same 10 s, drawn with equal random numbers for both ('drawn' calls have "
                + "one).",
            "A call that ended before its limit for another reason ends so again. Calls count at their "
                + "end, one after the other; callers make the same calls.",
        ]
    }

    var json: String {
        func object(_ outcome: WhatIf.Outcome) -> [String: Int] {
            Dictionary(uniqueKeysWithValues: rows.map { ($0.name, $0.value(outcome)) })
        }
        let report: [String: Any] = [
            "address": address, "calls": calls.count, "recorded": object(was),
            "tried": object(control), "asked": object(outcome), "assumptions": assumptions,
        ]
        let data = try? JSONSerialization.data(
            withJSONObject: report, options: [.sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data ?? Data(), as: UTF8.self)
    }

    private func words(_ policy: WhatIf.Policy) -> String {
        var parts: [String] = []
        if let attempts = policy.maxAttempts { parts.append("at most \(attempts) attempts") }
        if let threshold = policy.failureThreshold {
            parts.append("opens at \(threshold) failures in a row")
            parts.append("for \(Format.duration(policy.openMS))")
        }
        return parts.isEmpty ? "no known limit" : parts.joined(separator: ", ")
    }
}
