/// A packet while its lengths and checksums are filled in.
struct Build {
  let bytes: UnsafeMutableBufferPointer<UInt8>
  let slots: UnsafeBufferPointer<Slot>
  /// Where padding begins: lengths and checksums end here.
  let bodyEnd: Int

  func u16(_ at: Int) -> UInt16 { UInt16(bytes[at]) << 8 | UInt16(bytes[at + 1]) }

  func set16(_ at: Int, _ value: UInt16) {
    bytes[at] = UInt8(truncatingIfNeeded: value >> 8)
    bytes[at + 1] = UInt8(truncatingIfNeeded: value)
  }

  /// Writes a length that has 16 bits.
  func setLength(_ at: Int, _ length: Int, _ slot: Slot, _ field: Int) throws(PacketBuildError) {
    guard let value = UInt16(exactly: length) else {
      throw PacketBuildError(
        layer: slot.id, field: field,
        problem:
          "would be \(length), and 65535 is the most that fits; make the packet smaller, or give a value of your own")
    }
    set16(at, value)
  }

  /// Sum of the 16-bit words of a range, not yet folded.
  func sum(_ range: Range<Int>) -> UInt64 { Checksum.sum(UnsafeBufferPointer(rebasing: bytes[range])) }

  /// What the checksum of a transport layer covers beside itself, or `nil` when no IP layer lies directly under it (for
  /// ICMPv6: no IPv6 layer anywhere under it).
  func pseudoHeader(under index: Int, protocol number: UInt8, length: Int? = nil) -> UInt64? {
    guard index > 0 else { return nil }
    let length = length ?? bodyEnd - Int(slots[index].start)
    if slots[index - 1].id == .ip, number != 58 {
      return IP.pseudoHeader(slots[index - 1], self, protocol: number, length: length)
    }
    var source: Int?
    var destination: Int?
    var at = index - 1
    while slots[at].id != .ipv6 {
      let slot = slots[at]
      guard slot.id.isIPv6Extension || number == 58, at > 0 else { return nil }
      // Source routing and mobility change whose addresses count (RFC 8200 section 8.1).
      destination = destination ?? IPv6Next.finalDestination(slot, self)
      source = source ?? IPv6Next.homeAddress(slot, self)
      at -= 1
    }
    let from = source ?? Int(slots[at].start) + 8
    let to = destination ?? Int(slots[at].start) + 24
    return sum(from..<from + 16) + sum(to..<to + 16) + UInt64(number) + UInt64(length)
  }
}

/// A packet that can't be built as it was asked for.
public struct PacketBuildError: Error, Hashable, CustomStringConvertible, Sendable {
  /// The layer's name, as in an expression.
  public var layer: String
  /// The field that has no right value.
  public var field: String
  /// What is wrong with it.
  public var problem: String

  init(layer: LayerID, field: Int, problem: String) {
    self.layer = layer.type.name
    self.field = layer.type.fields[field].name
    self.problem = problem
  }

  /// What can't be built, and why.
  public var description: String { "\(layer).\(field) \(problem)" }
}
