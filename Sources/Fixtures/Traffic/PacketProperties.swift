import Packets
import Results
import TestPlan

/// What must be true of any packet that comes out, whatever went in.
struct PacketProperties: Hashable, Sendable {
  static let keys = ["never_grows", "never_shrinks", "max_length", "min_length", "checksums"]

  var neverGrows = false
  var neverShrinks = false
  /// In bytes, from the Ethernet header on.
  var maxLength: Int?
  var minLength: Int?
  /// Whether every checksum must be right.
  var validChecksums = false

  /// Whether a mapping is one of properties, rather than a packet.
  static func areMeant(by node: YAMLNode) -> Bool {
    node.entries?.contains { $0.key.text.map(keys.contains) ?? false } ?? false
  }

  /// `nil` after a complaint.
  init?(_ node: YAMLNode, _ complaints: Complaints) {
    guard let fields = Fields(node, of: "properties of a packet", known: Self.keys, complaints) else { return nil }
    func flag(_ key: String) -> Bool? {
      guard let node = fields[key] else { return false }
      guard case .bool(let flag) = node.scalar else {
        complaints.add(node.position, "`\(key)` is true or false, and here is \(node.kind)")
        return nil
      }
      return flag
    }
    guard let neverGrows = flag("never_grows"), let neverShrinks = flag("never_shrinks") else { return nil }
    self.neverGrows = neverGrows
    self.neverShrinks = neverShrinks
    for key in ["max_length", "min_length"] where fields[key] != nil {
      guard let length = fields.count(key) else { return nil }
      if key == "max_length" { maxLength = Int(length) } else { minLength = Int(length) }
    }
    if let text = fields.text("checksums") {
      guard text.value == "valid" || text.value == "any" else {
        complaints.add(text.position, "`checksums` is valid or any, and here is `\(text.value)`")
        return nil
      }
      validChecksums = text.value == "valid"
    }
  }

  /// Compares a run's packet with them.
  func check(planned: Step, seen: StepObservation, prefix: String, line: Int, _ report: (Failure) -> Void) {
    let before = planned.data?.count ?? 0
    let bytes = seen.data?.array ?? []
    let after = seen.truncatedFrom.map(Int.init) ?? bytes.count
    func fail(_ property: String, _ expected: String, _ words: String) {
      report(Failure(path: "\(prefix)packet.\(property)", expected: expected, seen: words, line: line))
    }
    if neverGrows, after > before { fail("never_grows", "at most the \(before) bytes that went in", "\(after) bytes") }
    if neverShrinks, after < before {
      fail("never_shrinks", "at least the \(before) bytes that went in", "\(after) bytes")
    }
    if let maxLength, after > maxLength { fail("max_length", "at most \(maxLength) bytes", "\(after) bytes") }
    if let minLength, after < minLength { fail("min_length", "at least \(minLength) bytes", "\(after) bytes") }
    guard validChecksums, after == bytes.count else { return }
    let wrong = Packet(dissecting: bytes).checksumProblems
    if let first = wrong.first {
      fail(
        "checksums", "valid",
        first.description + (wrong.count > 1 ? " (and \(wrong.count - 1) more)" : ""))
    }
  }
}
