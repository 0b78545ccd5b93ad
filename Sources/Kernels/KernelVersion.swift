/// The version that leads a kernel's id or release: `6.12`, `7.3-rc`, `6.1.0-56-cloud-amd64`.
public struct KernelVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// Numbers from the left: `[6, 1, 0]`.
  public let numbers: [Int]
  /// A release candidate comes before its release.
  public let isCandidate: Bool

  /// Reads the numbers at the start of the text; `nil` when it doesn't begin with one.
  public init?(_ text: some StringProtocol) {
    let head = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    var numbers: [Int] = []
    for part in head.split(separator: ".") {
      guard let number = Int(part) else { return nil }
      numbers.append(number)
    }
    guard !numbers.isEmpty else { return nil }
    self.numbers = numbers
    self.isCandidate = text.dropFirst(head.count).hasPrefix("-rc") || text.dropFirst(head.count).hasPrefix("~rc")
  }

  /// Missing numbers count as 0, so 6.1 equals 6.1.0 in order.
  public static func < (left: KernelVersion, right: KernelVersion) -> Bool {
    for index in 0..<max(left.numbers.count, right.numbers.count) {
      let a = index < left.numbers.count ? left.numbers[index] : 0
      let b = index < right.numbers.count ? right.numbers[index] : 0
      if a != b { return a < b }
    }
    return left.isCandidate && !right.isCandidate
  }

  public var description: String {
    numbers.map(String.init).joined(separator: ".") + (isCandidate ? "-rc" : "")
  }
}
