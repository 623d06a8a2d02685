import Foundation
import Screen
import Settings

/// The output of `theme check` for one file.
enum ThemeReport {
    static func text(_ file: ThemeFile, _ findings: [SettingsError]) -> String {
        let audit = ThemeAudit(file.theme)
        var lines = [
            "\(file.file): \(findings.isEmpty ? "ok" : "\(findings.count) \(findings.count == 1 ? "error" : "errors")")"
        ]
        lines += findings.map(\.description)
        lines.append("  contrast, at least \(ThemeAudit.Contrast.least)")
        lines += contrasts(audit).map { "    \($0)" }
        lines.append(
            "  states: distance by CIEDE2000, at least \(Int(ThemeAudit.Distance.least)), "
                + "or another attribute")
        let table = TextTable.text(
            header: ["PAIR"] + ColorVision.allCases.map { $0.rawValue.uppercased() } + [
                "ATTRIBUTES"
            ],
            audit.distances.map(row))
        lines += table.split(separator: "\n").map { "    \($0)" }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func contrasts(_ audit: ThemeAudit) -> [String] {
        guard !audit.contrasts.isEmpty else { return ["none: no colour is fixed"] }
        return Role.allCases.compactMap { role in
            let of = audit.contrasts.filter { $0.role == role }
            guard !of.isEmpty else { return nil }
            let name = role.rawValue.padding(toLength: 10, withPad: " ", startingAt: 0)
            let ratios = of.map {
                String(format: "%5.2f on \($0.against)", floor($0.ratio * 100) / 100)
            }
            return "\(name) \(ratios.joined(separator: "  "))"
        }
    }

    private static func row(_ distance: ThemeAudit.Distance) -> [String] {
        ["\(distance.first.rawValue) \(distance.second.rawValue)"]
            + ColorVision.allCases.map { vision in
                distance.byVision[vision].map { String(format: "%.1f", $0) } ?? "-"
            } + [distance.differsByAttributes ? "differ" : "same"]
    }
}
