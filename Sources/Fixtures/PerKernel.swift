import BPF

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

  /// Turns each value into another; those that become `nil`, after a complaint, are dropped.
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
