import BPF
import Results
import TestPlan

/// Compares the records that came with those expected.
struct EventJudge {
  let expected: ExpectedEvents
  let seen: EventObservation
  let release: KernelRelease

  func check(_ path: String, _ report: (Failure) -> Void) {
    guard let guess = expected.guess else { return compare(path, report) }
    // Whoever wonders what is shown should know that nobody has said what it is.
    var isSaid = false
    compare(path) { failure in
      var failure = failure
      if !isSaid { failure.detail = failure.detail.map { "\($0)\n\(guess)" } ?? guess }
      isSaid = true
      report(failure)
    }
  }

  private func compare(_ path: String, _ report: (Failure) -> Void) {
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

  private func matches(_ record: ExpectedRecord, _ bytes: [UInt8]) -> Bool {
    var isEqual = true
    compare(record, bytes, "") { _ in isEqual = false }
    return isEqual
  }

  private func compare(
    _ record: ExpectedRecord, _ bytes: [UInt8], _ path: @autoclosure () -> String, _ report: (Failure) -> Void
  ) {
    record.check(
      bytes, isPadded: expected.isPadded, isExact: expected.isExact, path: path(), on: release, report)
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
    _ index: Int, _ record: ExpectedRecord, _ records: [[UInt8]], _ found: [Int?], _ path: String,
    _ report: (Failure) -> Void
  ) {
    // The record that stands where this one should, when it is no other's: what differs in it tells the most.
    if index < records.count, !found.contains(index), records.count == expected.records.count || expected.isExact {
      compare(record, records[index], "\(path)[\(index)]", report)
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

  /// A record for people, as far as it is known what was sent of it.
  private func render(_ record: [UInt8]) -> String {
    let possible = RecordLength.possible(ofBytes: record.count, isPadded: expected.isPadded)
    guard case .btf(let type)? = expected.type else {
      let words = expected.type?.render(record) ?? BTFValue.bytes(record).description
      guard expected.isPadded, case .rest(.bytes) = expected.type ?? .rest(.bytes) else { return words }
      let sent = BTFValue.bytes([UInt8](record.prefix(possible.lowerBound)))
      return "\(sent)…, \(RecordLength.words(possible))"
    }
    // A record that may be just as long as its struct probably is.
    let length = min(max(type.size, possible.lowerBound), possible.upperBound)
    let known = possible.contains(type.size) ? length : possible.lowerBound
    let sent = [UInt8](record.prefix(known))
    let words = BTFCodec.renderRecord(sent, as: type)
    guard type.flexibleArray == nil, sent.count > type.size else { return words }
    let behind = (possible.lowerBound - type.size)...(possible.upperBound - type.size)
    return "\(words) and \(RecordLength.words(behind)) behind it: \(BTFValue.bytes([UInt8](sent.dropFirst(type.size))))"
  }
}
