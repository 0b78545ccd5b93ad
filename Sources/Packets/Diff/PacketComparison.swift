/// Two inputs compared packet by packet, in memory that doesn't grow with them.
public final class PacketComparison {
  private let expected: PacketSource
  private let seen: PacketSource
  private let masks: [FieldMask]
  private var count = 0
  private var different = 0
  private var isDone = false
  /// Packets that only one of the two has.
  private var more = (expected: 0, seen: 0)

  /// Begins a comparison. What `masks` name may differ.
  public init(expected: PacketSource, seen: PacketSource, ignoring masks: [FieldMask] = []) {
    (self.expected, self.seen, self.masks) = (expected, seen, masks)
  }

  /// True as long as no difference was found.
  public var isSame: Bool { different == 0 && more == (0, 0) }

  /// What is different about the next packet that differs, as lines; `nil` when there is nothing more to say. Colours are
  /// ANSI escapes. Throws when an input holds something that isn't a packet, or a capture breaks off.
  public func next(color: Bool) throws -> String? {
    while !isDone {
      let (a, b) = (try expected.next(), try seen.next())
      for source in [expected, seen] { if let reason = source.brokenOff { throw reason } }
      switch (a, b) {
      case (let a?, let b?):
        count += 1
        guard let text = difference(a, b, color) else { continue }
        different += 1
        return text
      case (.some, nil): more.expected += 1
      case (nil, .some): more.seen += 1
      case (nil, nil):
        isDone = true
        return summary
      }
    }
    return nil
  }

  private func difference(_ a: InputPacket, _ b: InputPacket, _ color: Bool) -> String? {
    var lines: [String] = []
    if case .capture(.pcapng) = a.origin, case .capture(.pcapng) = b.origin, a.frame.comments != b.frame.comments {
      lines.append("comment: expected \(a.frame.comments.quoted), seen \(b.frame.comments.quoted)")
    }
    if case .capture = a.origin, case .capture = b.origin, a.frame.linkType != b.frame.linkType {
      lines.append("link layer: expected \(a.frame.linkType), seen \(b.frame.linkType)")
    }
    let diff = PacketDiff(expected: a, seen: b, ignoring: masks)
    if !diff.isEmpty { lines.append(diff.render(color: color)) }
    if lines.isEmpty { return nil }
    if !(expected.isOne && seen.isOne) {
      let heading = "frame \(count)"
      lines.insert(color ? "\u{1b}[36m\(heading)\u{1b}[0m" : heading, at: 0)
    }
    return (different > 0 ? "\n" : "") + lines.joined(separator: "\n") + "\n"
  }

  /// How many there are of each, where that isn't plain to see.
  private var summary: String? {
    if isSame || (expected.isOne && seen.isOne) { return nil }
    var parts: [String] = []
    if different > 0 { parts.append("\(different) of \(count) frames \(different == 1 ? "differs" : "differ")") }
    if more.expected > 0 { parts.append("\(more.expected) more expected than seen") }
    if more.seen > 0 { parts.append("\(more.seen) more seen than expected") }
    return (different > 0 ? "\n" : "") + parts.joined(separator: "; ") + "\n"
  }
}

extension [String] {
  fileprivate var quoted: String { isEmpty ? "none" : map { "“\($0)”" }.joined(separator: ", ") }
}
