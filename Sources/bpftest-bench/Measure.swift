/// The middle of so many measurements, in seconds: one outlier on a busy machine says nothing.
func median(of count: Int, _ body: () throws -> Double) rethrows -> Double {
  var all: [Double] = []
  for _ in 0..<count { all.append(try body()) }
  return all.sorted()[count / 2]
}

/// Seconds that something takes.
func seconds(_ body: () throws -> Void) rethrows -> Double {
  try ContinuousClock().measure(body) / .seconds(1)
}

/// Rows of the report: what was measured, beside what it is measured against.
struct BenchTable {
  private var rows: [[String]] = [["what", "measured", "baseline", "ratio", "goal"]]
  private(set) var missed = 0

  /// A row whose ratio should be at most `goal`, or at least where `atLeast` is set.
  mutating func add(
    _ what: String, _ measured: Double, _ unit: String, baseline: (String, Double), goal: Double?, atLeast: Bool = false
  ) {
    let ratio = measured / baseline.1
    let met = goal.map { atLeast ? ratio >= $0 : ratio <= $0 } ?? true
    if !met { missed += 1 }
    rows.append([
      what, "\(format(measured)) \(unit)", "\(format(baseline.1)) \(unit) (\(baseline.0))", format(ratio),
      goal.map { "\(atLeast ? "≥" : "≤") \(format($0))\(met ? "" : "  MISSED")" } ?? "",
    ])
  }

  private func format(_ value: Double) -> String {
    let digits = abs(value) >= 1000 ? 0 : abs(value) >= 10 ? 1 : 3
    var factor = 1.0
    for _ in 0..<digits { factor *= 10 }
    let rounded = (value * factor).rounded() / factor
    return digits == 0 ? String(Int(rounded)) : String(rounded)
  }

  var text: String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      row.indices.map { row[$0].padding(to: widths[$0]) }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}

extension String {
  fileprivate func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
