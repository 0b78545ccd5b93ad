import BPF

/// What a single value is expected to be.
indirect enum Condition: Sendable {
  enum Order: String, CaseIterable, Sendable {
    case ge, gt, le, lt
    var sign: String {
      switch self {
      case .ge: ">="
      case .gt: ">"
      case .le: "<="
      case .lt: "<"
      }
    }
  }

  case any
  /// Exactly these bytes.
  case bytes([UInt8])
  /// This number: of a bit-field, a sum over CPUs, or a return value.
  case number(Int128)
  case order(Order, Int128)
  case not(Condition)
  case oneOf([Condition])
  case matches(Pattern)
  /// The number of the triggers' process.
  case process
  /// What the program of the step before returned.
  case previousReturn
  case all([Condition])

  /// The keys of a mapping that is a matcher.
  static let keys = Order.allCases.map(\.rawValue) + ["ne", "in", "matches"]

  /// Whether a mapping is a matcher: every key is one of `keys`.
  static func isMatcher(_ node: YAMLNode) -> Bool {
    guard let entries = node.entries, !entries.isEmpty else { return false }
    return entries.allSatisfy { entry in entry.key.text.map { keys.contains($0) } ?? false }
  }

  /// Whether it holds of a value, given as bytes, as a number if it is one, and as text.
  func holds(bytes: ArraySlice<UInt8>, number: @autoclosure () -> Int128?, text: @autoclosure () -> String) -> Bool {
    switch self {
    case .any: return true
    case .bytes(let expected): return bytes.elementsEqual(expected)
    case .number(let expected): return number() == expected
    case .order(let order, let bound):
      guard let seen = number() else { return false }
      return switch order {
      case .ge: seen >= bound
      case .gt: seen > bound
      case .le: seen <= bound
      case .lt: seen < bound
      }
    case .not(let other): return !other.holds(bytes: bytes, number: number(), text: text())
    case .oneOf(let options): return options.contains { $0.holds(bytes: bytes, number: number(), text: text()) }
    case .matches(let pattern): return pattern.occurs(in: text())
    case .process: return ProcessNumber.judged.map { number() == Int128($0) } ?? false
    case .previousReturn:
      guard let value = PreviousReturn.judged, let seen = number() else { return false }
      let width = UInt32(min(32, bytes.isEmpty ? 32 : bytes.count * 8))
      return UInt32(truncatingIfNeeded: seen) == value & (width == 32 ? .max : 1 << width - 1)
    case .all(let conditions): return conditions.allSatisfy { $0.holds(bytes: bytes, number: number(), text: text()) }
    }
  }

  /// In words, for a failure's `expected`.
  func describe(bytes: ([UInt8]) -> String, number: (Int128) -> String) -> String {
    switch self {
    case .any: "anything"
    case .bytes(let expected): bytes(expected)
    case .number(let expected): number(expected)
    case .order(let order, let bound): "\(order.sign) \(number(bound))"
    case .not(let other): "other than \(other.describe(bytes: bytes, number: number))"
    case .oneOf(let options):
      "one of \(options.map { $0.describe(bytes: bytes, number: number) }.joined(separator: ", "))"
    case .matches(let pattern): "a match of /\(pattern.text)/"
    case .process: ProcessNumber.judged.map { "\($0), the triggers' process" } ?? "the triggers' process"
    case .previousReturn:
      PreviousReturn.judged.map { "\(number(Int128(Int32(bitPattern: $0)))), what the step before returned" }
        ?? "what the step before returned"
    case .all(let conditions):
      conditions.map { $0.describe(bytes: bytes, number: number) }.joined(separator: " and ")
    }
  }
}

/// Reads a matcher's mapping; operands are read by whoever knows their type.
struct MatcherReader {
  let complaints: Complaints
  /// An operand to be equal to, or not; `nil` after a complaint.
  let equal: (YAMLNode) -> Condition?
  /// An operand to be ordered by; `nil` after a complaint.
  let number: (YAMLNode) -> Int128?

  func read(_ node: YAMLNode) -> Condition? {
    var conditions: [Condition] = []
    for entry in node.entries ?? [] {
      guard let condition = read(entry.key.text ?? "", entry.value) else { return nil }
      conditions.append(condition)
    }
    return conditions.count == 1 ? conditions[0] : .all(conditions)
  }

  private func read(_ key: String, _ operand: YAMLNode) -> Condition? {
    if let order = Condition.Order(rawValue: key) { return number(operand).map { .order(order, $0) } }
    switch key {
    case "ne": return equal(operand).map { .not($0) }
    case "in":
      guard let items = operand.items, !items.isEmpty else {
        complaints.add(operand.position, "`in` takes a list of values, and here is \(operand.kind)")
        return nil
      }
      let options = items.compactMap(equal)
      return options.count == items.count ? .oneOf(options) : nil
    default:
      guard let pattern = operand.text.flatMap(Pattern.init) else {
        complaints.add(operand.position, "\(operand.kind) is not a regular expression")
        return nil
      }
      return .matches(pattern)
    }
  }
}
