import BPF
import Results
import TestPlan

/// Compares the records that came with those expected.
struct EventJudge {
  let expected: ExpectedEvents
  let seen: EventObservation
  let release: KernelRelease

  func check(_ path: String, _ report: (Failure) -> Void) {
    let records = seen.records.map(\.array)
    if let count = expected.count, !holds(count, records.count) {
      report(
        Failure(
          path: "\(path).count", expected: count.describe(bytes: { "\($0)" }, number: { "\($0)" }),
          seen: "\(records.count)\(lostWords)\(waited)", line: expected.line))
    }
    if let lost = expected.lost, !holds(lost, Int(clamping: seen.lost)) {
      report(
        Failure(
          path: "\(path).lost", expected: lost.describe(bytes: { "\($0)" }, number: { "\($0)" }),
          seen: "\(seen.lost)", line: expected.line))
    }
    let found = assign(records)
    for (index, record) in expected.records.enumerated() where found[index] == nil {
      reportMissing(index, record, records, found, path, report)
    }
    guard expected.isExact else { return }
    let known = Set(found.compactMap { $0 })
    // One that is told as differing isn't told again as too many.
    let differing = Set(expected.records.indices.filter { found[$0] == nil && !known.contains($0) })
    for (index, record) in records.enumerated() where !known.contains(index) && !differing.contains(index) {
      report(
        Failure(
          path: "\(path)[\(index)]", expected: "no other record", seen: render(record), line: expected.line))
    }
  }

  private func holds(_ condition: Condition, _ number: Int) -> Bool {
    condition.holds(bytes: [], number: Int128(number), text: "\(number)")
  }

  private func matches(_ record: ExpectedEvents.Record, _ bytes: [UInt8]) -> Bool {
    var isEqual = true
    record.value.check([bytes], path: "", on: release) { _ in isEqual = false }
    return isEqual
  }

  /// For each expected record the one that it is, `nil` where there is none: the first that fits after those before it,
  /// or, where order doesn't matter, one of its own if there are enough.
  private func assign(_ records: [[UInt8]]) -> [Int?] {
    guard expected.isOrdered else {
      let pairing = Pairing(expected.records.map(\.label), among: records.count) {
        matches(expected.records[$0], records[$1])
      }
      return pairing.things
    }
    var from = 0
    return expected.records.enumerated().map { index, record in
      // Exactly these in this order: each has one place only.
      if expected.isExact { return index < records.count && matches(record, records[index]) ? index : nil }
      guard let found = records.indices.dropFirst(from).first(where: { matches(record, records[$0]) }) else {
        return nil
      }
      from = found + 1
      return found
    }
  }

  private func reportMissing(
    _ index: Int, _ record: ExpectedEvents.Record, _ records: [[UInt8]], _ found: [Int?], _ path: String,
    _ report: (Failure) -> Void
  ) {
    // The record that stands where this one should, when it is no other's: what differs in it tells the most.
    if index < records.count, !found.contains(index), records.count == expected.records.count || expected.isExact {
      record.value.check([records[index]], path: "\(path)[\(index)]", on: release, report)
      return
    }
    let shown = records.prefix(4).map(render).joined(separator: ", ")
    let what =
      records.isEmpty ? "no record at all" : "\(shown)\(records.count > 4 ? " and \(records.count - 4) more" : "")"
    report(
      Failure(
        path: "\(path)[\(index)]", expected: record.label, seen: "\(what)\(lostWords)\(waited)", line: record.line))
  }

  private var lostWords: String { seen.lost > 0 ? ", and \(seen.lost) lost" : "" }

  private var waited: String {
    seen.records.count < expected.awaited ? " within \(Durations.describe(expected.limit))" : ""
  }

  private func render(_ record: [UInt8]) -> String {
    guard let type = expected.type, record.count >= type.size else { return BTFValue.bytes(record).description }
    return type.render(type.size > 0 ? [UInt8](record.prefix(type.size)) : record)
  }
}
