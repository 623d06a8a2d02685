import Foundation
import Rows

// Prints the results of `make bench` as a table: one row for each call path, with its target.

guard CommandLine.arguments.count == 2 else {
    print("usage: Table FILE (the benchmarks' output with --format jmh)")
    exit(2)
}
let results = try Results(CommandLine.arguments[1])
let clocks = results[.clock]?.nanoseconds

extension Target {
    /// The target in nanoseconds. `clocks` is the time of two clock readings.
    func nanoseconds(clocks: Double?) -> Double? {
        switch self {
        case .nanoseconds(let limit): limit
        case .clocks(let share, let more): clocks.map { share * $0 + more }
        }
    }
}

func fixed(_ number: Double?, _ digits: Int) -> String {
    number.map { String(format: "%.\(digits)f", $0) } ?? ""
}

var lines = [
    [
        "call path", "p50 ns", "best ns", "of two clock readings", "allocations", "target ns",
        "ours/target", "", "others, ns",
    ]
]
for row in Row.allCases {
    guard let ours = results[row] else { continue }
    let target = row.target?.nanoseconds(clocks: clocks)
    // Fewer than 0.01 allocations a call come from the iteration, not from the calls.
    let allocates = row.isFreeOfAllocations && ours.allocations >= 0.01
    let isMissed = target.map { ours.nanoseconds > $0 } ?? false
    lines.append([
        row.rawValue, fixed(ours.nanoseconds, 1), fixed(ours.best, 1),
        fixed(clocks.map { ours.nanoseconds / $0 }, 2),
        fixed(ours.allocations, 2), fixed(target, 1),
        fixed(target.map { ours.nanoseconds / $0 }, 2),
        isMissed || allocates ? "MISSED" : "", row.peers,
    ])
}

let widths = lines[0].indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
let texts = [0, 7, 8]
for (index, line) in lines.enumerated() {
    let cells = zip(line.indices, line).map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return texts.contains(column) ? cell + padding : padding + cell
    }
    print("| " + cells.joined(separator: " | ") + " |")
    guard index == 0 else { continue }
    let rules = widths.indices.map { column in
        texts.contains(column)
            ? String(repeating: "-", count: widths[column])
            : String(repeating: "-", count: widths[column] - 1) + ":"
    }
    print("| " + rules.joined(separator: " | ") + " |")
}
print()
print(
    "Other libraries were measured elsewhere. Compare them as ratios to two clock readings of 47-50 ns."
)
