/// The version at the start of a kernel's release: `6.1.0-56-cloud-amd64` is 6.1.0.
public struct KernelRelease: Hashable, Sendable {
  let numbers: [Int]

  /// Reads what `uname -r` says; a release without a number is version 0.
  public init(_ release: String) {
    self.numbers =
      release.prefix { $0 == "." || ($0.isASCII && $0.isNumber) }.split(separator: ".").prefix(3).map { Int($0) ?? 0 }
  }

  /// Whether it is older than a version such as 5.11.
  func isBefore(_ major: Int, _ minor: Int) -> Bool {
    numbers.lexicographicallyPrecedes([major, minor])
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
