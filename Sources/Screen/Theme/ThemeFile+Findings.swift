public import Settings

extension ThemeFile {
    /// All findings: problems of the file, contrasts that are too low, and states that cannot be
    /// distinguished. Each has the line of its role, or line 1 if the role comes from another file.
    public var findings: [SettingsError] {
        let audit = ThemeAudit(theme)
        var findings = problems
        // If no colours could be read, there is nothing to report.
        let isBlank = audit.distances.allSatisfy { $0.byVision.isEmpty }
        if !problems.isEmpty, isBlank { return problems }
        for contrast in audit.contrasts where contrast.ratio < ThemeAudit.Contrast.least {
            findings.append(
                finding(
                    contrast.role,
                    "\(contrast.role.rawValue): contrast \(Self.number(contrast.ratio)) against "
                        + "\(contrast.against), expected at least \(ThemeAudit.Contrast.least)"))
        }
        for distance in audit.distances where !distance.isEnough {
            let (first, second) = (distance.first.rawValue, distance.second.rawValue)
            let worst = distance.byVision.min { $0.value < $1.value }
            let words =
                worst.map {
                    "colours \(Self.number($0.value)) apart by CIEDE2000 with \($0.key) vision"
                } ?? "no colours to compare"
            findings.append(
                finding(
                    distance.second,
                    "\(first) and \(second) cannot be told apart: \(words) and the same bold, "
                        + "underline and reverse, expected at least "
                        + "\(Self.number(ThemeAudit.Distance.least)) or another attribute"))
        }
        for pair in audit.sameSigns {
            findings.append(
                finding(
                    pair.second,
                    "\(pair.first.rawValue) and \(pair.second.rawValue) have the same glyph"))
        }
        return findings
    }

    private func finding(_ role: Role, _ words: String) -> SettingsError {
        SettingsError(file: file, line: lines[role] ?? 1, problem: .other(words))
    }

    /// Formats a number by cutting, not rounding: 4.496 must not appear as 4.5.
    private static func number(_ value: Double) -> String {
        let tenths = Int(value * 100)
        return "\(tenths / 100).\(tenths % 100 < 10 ? "0" : "")\(tenths % 100)"
    }
}
