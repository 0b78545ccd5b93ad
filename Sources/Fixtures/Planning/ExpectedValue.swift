import BPF
import Results

/// What a key's value, a global or a context is expected to be: a tree along its type, with conditions at the leaves.
struct ExpectedValue: Sendable {
  indirect enum Shape: Sendable {
    case leaf(Condition)
    /// Members and elements that the fixture names; others may be anything.
    case parts([Part])
    case choice(PerKernel<ExpectedValue>)
  }

  struct Part: Sendable {
    /// `.hits` or `[3]`.
    var label: String
    var value: ExpectedValue
  }

  /// A bit-field's place, in bits from the start of the whole value.
  struct Bits: Sendable {
    var offset: Int
    var width: Int
    var isSigned: Bool
  }

  var shape: Shape
  var type: ValueType
  /// Bytes from the start of the whole value.
  var offset: Int
  var bits: Bits?
  var line: Int
  /// Zeros that nobody wrote, behind the last element of a list: they hold of what a record doesn't reach to.
  var isFill = false
  /// Whether it is of a record, which may end before its struct does. Anywhere else bytes that are missing are a failure.
  var mayBeCut = false

  /// Compares with a value, or with the values of all CPUs, of which integers are added up.
  ///
  /// - Parameter path: where the value stands, `maps.seen[443]`.
  func check(
    _ values: [[UInt8]], path: @autoclosure () -> String, on release: KernelRelease, _ report: (Failure) -> Void
  ) {
    switch shape {
    case .choice(let choice): choice.value(on: release)?.check(values, path: path(), on: release, report)
    case .parts(let parts):
      for part in parts { part.value.check(values, path: path() + part.label, on: release, report) }
    case .leaf(let condition): checkLeaf(condition, values, path(), report)
    }
  }

  private func checkLeaf(
    _ condition: Condition, _ values: [[UInt8]], _ path: @autoclosure () -> String, _ report: (Failure) -> Void
  ) {
    guard let first = values.first else {
      report(Failure(path: path(), expected: describe(condition), seen: "nothing", line: line))
      return
    }
    if mayBeCut, bits == nil, let (sent, padded) = type.cutShort(first, at: offset) {
      if condition.holds(bytes: padded[...], number: nil, text: type.text(padded)) { return }
      let seen = "\(type.render(cutShort: sent)), \(sent.count) of \(type.size) bytes"
      report(Failure(path: path(), expected: describe(condition), seen: seen, line: line))
      return
    }
    guard let slice = bits == nil ? type.slice(of: first, at: offset) : first[...] else {
      if isFill, mayBeCut { return }
      let seen = "nothing: it ends at byte \(offset + type.size), and there are only \(first.count) bytes"
      report(Failure(path: path(), expected: describe(condition), seen: seen, line: line))
      return
    }
    if condition.holds(
      bytes: slice, number: number(of: values), text: type.text([UInt8](slice)))
    {
      return
    }
    report(Failure(path: path(), expected: describe(condition), seen: seen(values, [UInt8](slice)), line: line))
  }

  /// The sum over CPUs, or the only value's number; `nil` where it isn't one.
  private func number(of values: [[UInt8]]) -> Int128? {
    var sum: Int128 = 0
    for value in values {
      guard let number = bits.map({ Self.load($0, value) }) ?? type.integer(value, at: offset) else { return nil }
      let (next, overflow) = sum.addingReportingOverflow(number)
      if overflow { return nil }
      sum = next
    }
    return sum
  }

  private static func load(_ bits: Bits, _ bytes: [UInt8]) -> Int128? {
    guard bits.width > 0, bits.width < 128, bits.offset >= 0, (bits.offset + bits.width + 7) / 8 <= bytes.count else {
      return nil
    }
    var number: Int128 = 0
    for bit in 0..<bits.width {
      let position = bits.offset + bit
      number |= Int128(bytes[position / 8] >> UInt8(position % 8) & 1) << Int128(bit)
    }
    if bits.isSigned, number >> Int128(bits.width - 1) == 1 { number -= 1 << Int128(bits.width) }
    return number
  }

  private func describe(_ condition: Condition) -> String {
    condition.describe(bytes: type.render, number: { "\($0)" })
  }

  private func seen(_ values: [[UInt8]], _ bytes: [UInt8]) -> String {
    if values.count > 1 {
      let each = values.map { number(of: [$0]).map { "\($0)" } ?? "?" }.joined(separator: ", ")
      return "\(number(of: values).map { "\($0)" } ?? "?") (by CPU: \(each))"
    }
    if bits != nil { return number(of: values).map { "\($0)" } ?? "?" }
    return type.render(bytes)
  }
}
