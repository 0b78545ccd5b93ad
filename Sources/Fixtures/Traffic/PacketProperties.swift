import BPF
import Packets
import Results
import TestPlan

/// What must be true of any packet that comes out, whatever went in.
struct PacketProperties: Sendable {
  static let keys = ["never_grows", "never_shrinks", "max_length", "min_length", "checksums"] + PacketParts.keys

  var neverGrows = false
  var neverShrinks = false
  /// In bytes, from the Ethernet header on.
  var maxLength: Int?
  var minLength: Int?
  /// Whether every checksum must be right.
  var validChecksums = false
  /// What stands in some places.
  var parts = PacketParts()

  /// Whether a mapping is one of properties, rather than a packet.
  static func areMeant(by node: YAMLNode) -> Bool {
    node.entries?.contains { $0.key.text.map(keys.contains) ?? false } ?? false
  }

  /// `nil` after a complaint.
  init?(_ node: YAMLNode, _ packets: PacketReader, _ complaints: Complaints) {
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
    parts = PacketPartsReader(complaints: complaints, packets: packets).read(fields)
  }

  /// Compares a run's packet with them.
  func check(
    planned: Step, seen: StepObservation, step: PlannedStep, prefix: String, line: Int, on release: KernelRelease,
    _ report: (Failure) -> Void
  ) {
    check(
      seen.packet(of: planned, type: step.type), length: seen.packetLength(step.type),
      sent: planned.packet(step.type).count, cut: seen.cut(step.type), path: "\(prefix)packet", line: line, on: release,
      report)
  }

  /// Compares a packet with them.
  ///
  /// - Parameters:
  ///   - length: how many bytes the packet really had.
  ///   - before: how many went in; `nil` for a packet that was received.
  ///   - cut: in words, that not all of it is there.
  func check(
    _ bytes: [UInt8], length: Int, sent before: Int?, cut: String?, path: String, line: Int, on release: KernelRelease,
    _ report: (Failure) -> Void
  ) {
    func fail(_ property: String, _ expected: String, _ words: String) {
      report(Failure(path: "\(path).\(property)", expected: expected, seen: words, line: line))
    }
    if !parts.isEmpty { parts.check(bytes, cut: cut, path: path, on: release, report) }
    if let before {
      if neverGrows, length > before {
        fail("never_grows", "at most the \(before) bytes that went in", "\(length) bytes")
      }
      if neverShrinks, length < before {
        fail("never_shrinks", "at least the \(before) bytes that went in", "\(length) bytes")
      }
    }
    if let maxLength, length > maxLength { fail("max_length", "at most \(maxLength) bytes", "\(length) bytes") }
    if let minLength, length < minLength { fail("min_length", "at least \(minLength) bytes", "\(length) bytes") }
    guard validChecksums else { return }
    if let cut { return fail("checksums", "valid", "they can't be told: \(cut)") }
    let wrong = Packet(dissecting: bytes).checksumProblems
    if let first = wrong.first {
      fail(
        "checksums", "valid",
        first.description + (wrong.count > 1 ? " (and \(wrong.count - 1) more)" : ""))
    }
  }
}
