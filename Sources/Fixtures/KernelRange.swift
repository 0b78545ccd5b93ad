/// The version at the start of a kernel's release: `6.1.0-56-cloud-amd64` is 6.1.0.
public struct KernelRelease: Hashable, Sendable {
  let numbers: [Int]

  /// Reads what `uname -r` says; a release without a number is version 0.
  public init(_ release: String) {
    self.numbers =
      release.prefix { $0 == "." || ($0.isASCII && $0.isNumber) }.split(separator: ".").prefix(3).map { Int($0) ?? 0 }
  }
}

/// Versions as a fixture names them: `>=5.10 <6.1`. Every condition must hold.
///
/// Only as many numbers are compared as the condition gives: 6.1.38 is `==6.1`, and not `>6.1`.
public struct KernelRange: Hashable, Sendable {
  enum Order: String, CaseIterable, Sendable {
    // The longer ones first, since they begin with the shorter.
    case atLeast = ">="
    case atMost = "<="
    case same = "=="
    case other = "!="
    case above = ">"
    case below = "<"
  }

  struct Condition: Hashable, Sendable {
    var order: Order
    var numbers: [Int]

    func contains(_ release: KernelRelease) -> Bool {
      var difference = 0
      for (index, wanted) in numbers.enumerated() where difference == 0 {
        let seen = index < release.numbers.count ? release.numbers[index] : 0
        difference = (seen > wanted ? 1 : 0) - (seen < wanted ? 1 : 0)
      }
      return switch order {
      case .atLeast: difference >= 0
      case .atMost: difference <= 0
      case .same: difference == 0
      case .other: difference != 0
      case .above: difference > 0
      case .below: difference < 0
      }
    }
  }

  let conditions: [Condition]
  /// As it was written.
  public let text: String

  /// Reads conditions with blanks or commas between them; `nil` when there is anything else.
  public init?(_ text: String) {
    var conditions: [Condition] = []
    var rest = text[...]
    func skip() { rest = rest.drop { $0 == " " || $0 == "," } }
    skip()
    while !rest.isEmpty {
      guard let order = Order.allCases.first(where: { rest.hasPrefix($0.rawValue) }) else { return nil }
      rest = rest.dropFirst(order.rawValue.count).drop { $0 == " " }
      let version = rest.prefix { $0 == "." || ($0.isASCII && $0.isNumber) }
      let numbers = version.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
      guard (1...3).contains(numbers.count), !numbers.contains(nil) else { return nil }
      conditions.append(Condition(order: order, numbers: numbers.compactMap { $0 }))
      rest = rest.dropFirst(version.count)
      guard rest.isEmpty || rest.first == " " || rest.first == "," else { return nil }
      skip()
    }
    guard !conditions.isEmpty else { return nil }
    self.conditions = conditions
    self.text = text
  }

  /// Whether a kernel of that release is meant.
  public func contains(_ release: KernelRelease) -> Bool { conditions.allSatisfy { $0.contains(release) } }
}

/// A value that may differ by kernel: `{ "<5.15": XDP_ABORTED, default: XDP_PASS }`. The first range that fits counts.
struct PerKernel<Value: Sendable>: Sendable {
  var cases: [(range: KernelRange, value: Value)] = []
  /// What counts where no range fits.
  var fallback: Value?

  init(_ value: Value) { fallback = value }

  init(cases: [(range: KernelRange, value: Value)], fallback: Value?) {
    self.cases = cases
    self.fallback = fallback
  }

  func value(on release: KernelRelease) -> Value? {
    for option in cases where option.range.contains(release) { return option.value }
    return fallback
  }

  /// Every value, of whichever kernel.
  var all: [Value] { cases.map(\.value) + (fallback.map { [$0] } ?? []) }

  /// Turns each value into another; those that become `nil` are dropped.
  func compactMap<Other: Sendable>(_ transform: (Value) -> Other?) -> PerKernel<Other> {
    PerKernel<Other>(
      cases: cases.compactMap { option in transform(option.value).map { (option.range, $0) } },
      fallback: fallback.flatMap(transform))
  }
}

extension PerKernel where Value == YAMLNode {
  /// Reads a node that may be a choice by kernel; `needsDefault` where every kernel must have a value.
  init(_ node: YAMLNode, needsDefault: Bool = true, _ complaints: Complaints) {
    guard Self.isChoice(node), let entries = node.entries else {
      self.init(node)
      return
    }
    self.init(cases: [], fallback: nil)
    for entry in entries {
      if entry.key.isWord("default") {
        fallback = entry.value
      } else if let range = entry.key.text.flatMap(KernelRange.init) {
        cases.append((range, entry.value))
      } else {
        complaints.add(
          entry.key.position, "\(entry.key.kind) is not a range of kernels",
          hint: "write \"<5.15\", \">=5.10 <6.1\" or default")
      }
    }
    if needsDefault, fallback == nil {
      complaints.add(node.position, "a value by kernel needs a `default:` for all others")
    }
  }

  /// Whether a mapping is a choice by kernel: one of its keys is a range.
  static func isChoice(_ node: YAMLNode) -> Bool {
    node.entries?.contains { entry in
      guard let first = entry.key.text?.utf8.first, "<>=!".utf8.contains(first) else { return false }
      return entry.key.text.flatMap(KernelRange.init) != nil
    } ?? false
  }
}
