import BPF
import Results

/// What one record is expected to be, and how long.
struct ExpectedRecord: Sendable {
  /// What is expected behind the members that always have a place.
  enum Tail: Sendable {
    /// Nothing is said: then nothing may be there, if no other record may come either.
    case unasked
    case any
    /// A flexible array, or bytes behind the struct. A list ends the record at that byte.
    case value(ExpectedValue, label: String, end: Int?)
  }

  var value: ExpectedValue
  /// As the fixture writes it.
  var label: String
  var line: Int
  /// Bytes that were sent.
  var length: Condition?
  var tail = Tail.unasked
  /// What the bytes are, `nil` for bytes or text as a whole.
  var type: BTFType?

  /// Compares with a record.
  ///
  /// Of a perf event array only a range of lengths is known, and behind the shortest of them may lie what the kernel left
  /// there. So a record is as expected when it is with one of these lengths: no byte is looked at that the expectation
  /// doesn't say was sent.
  ///
  /// - Parameter isExact: whether bytes behind the struct that nobody asks for are a failure.
  func check(
    _ bytes: [UInt8], isPadded: Bool, isExact: Bool, path: @autoclosure () -> String, on release: KernelRelease,
    _ report: (Failure) -> Void
  ) {
    let possible = RecordLength.possible(ofBytes: bytes.count, isPadded: isPadded)
    let wanted = possible.filter { length?.holds(bytes: [], number: Int128($0), text: "\($0)") ?? true }
    guard !wanted.isEmpty else {
      let expected = length?.describe(bytes: { "\($0)" }, number: { "\($0)" }) ?? ""
      report(
        Failure(path: "\(path()).length", expected: expected, seen: RecordLength.words(possible), line: line))
      return
    }
    var least: [Failure]?
    for length in wanted {
      var failures: [Failure] = []
      compare([UInt8](bytes.prefix(length)), isExact, possible, path(), release) { failures.append($0) }
      if failures.isEmpty { return }
      if failures.count < least?.count ?? .max { least = failures }
    }
    for (index, failure) in (least ?? []).enumerated() {
      var failure = failure
      if index == 0, isPadded, type == nil {
        failure.detail = "the kernel rounds perf records up: this one was sent with \(RecordLength.words(possible))"
      }
      report(failure)
    }
  }

  private func compare(
    _ sent: [UInt8], _ isExact: Bool, _ possible: ClosedRange<Int>, _ path: @autoclosure () -> String,
    _ release: KernelRelease, _ report: (Failure) -> Void
  ) {
    value.check([sent], path: path(), on: release, report)
    switch tail {
    case .any: break
    case .value(let expected, let label, let end):
      expected.check([sent], path: path() + label, on: release, report)
      guard let end, sent.count > end else { return }
      report(
        Failure(
          path: path() + label, expected: "no more elements", seen: extra(sent, from: end, possible), line: line))
    case .unasked:
      guard isExact, length == nil, let type, sent.count > type.size else { return }
      report(
        Failure(
          path: "\(path()).tail", expected: "nothing behind \(type.declaration), of \(type.size) bytes",
          seen: extra(sent, from: type.size, possible), detail: advice(type), line: line))
    }
  }

  private func extra(_ sent: [UInt8], from end: Int, _ possible: ClosedRange<Int>) -> String {
    let length = RecordLength.words((possible.lowerBound - end)...(possible.upperBound - end))
    return "\(length): \(BTFValue.bytes([UInt8](sent.dropFirst(end))))"
  }

  private func advice(_ type: BTFType) -> String {
    let name = type.flexibleArray?.member.name ?? "tail"
    return "`\(name): any` lets them be, `\(name): …` says what they are, and `length:` how long the record is"
  }
}
