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
        layer: slot.id, field: field, problem: "would be \(length), and 65535 is the most that fits")
    }
    set16(at, value)
  }

  /// Sum of the 16-bit words of a range, not yet folded.
  func sum(_ range: Range<Int>) -> UInt64 { Checksum.sum(UnsafeBufferPointer(rebasing: bytes[range])) }

  /// What the checksum of a transport layer covers beside itself, or `nil` when no IP layer lies directly under it.
  func pseudoHeader(under index: Int, protocol number: UInt8) -> UInt64? {
    guard index > 0 else { return nil }
    let lower = slots[index - 1]
    let length = bodyEnd - Int(slots[index].start)
    switch lower.id {
    case .ip: return IP.pseudoHeader(lower, self, protocol: number, length: length)
    case .ipv6: return IPv6.pseudoHeader(lower, self, protocol: number, length: length)
    default: return nil
    }
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

  /// What can't be built, why, and what to do.
  public var description: String {
    "\(layer).\(field) \(problem); make the packet smaller, or give \(field)= a value of your own"
  }
}
