/// A checksum in a packet that isn't right.
public struct ChecksumProblem: Hashable, Sendable, CustomStringConvertible {
  /// `IP.chksum`, or `IP[2].chksum` for that of the second such layer.
  public var field: String
  /// Byte offset in the packet.
  public var offset: Int
  /// What is there.
  public var seen: UInt64
  /// What should be there.
  public var right: UInt64

  /// One line: `IP.chksum is 0x1234, and 0x7ce7 would be right`.
  public var description: String {
    "\(field) is 0x\(String(seen, radix: 16)), and 0x\(String(right, radix: 16)) would be right"
  }
}

extension Packet {
  /// The checksums that are wrong in the packet as it is built, each over the bytes that are there. Those of fragments and of
  /// packets that were cut off, as error messages quote them, can't be told; a datagram over IPv4, or of a tunnel over
  /// IPv6, may go without (RFC 768, RFC 6935).
  public var checksumProblems: [ChecksumProblem] {
    guard let bytes = try? build() else { return [] }
    var built = self
    built.bytes = bytes
    for index in built.slots.indices { built.slots[index].given = .max }
    return DissectedPacket(built).layers.flatMap { layer in
      layer.fields.compactMap { placed in
        layer.rightChecksums[placed.index].map { right in
          ChecksumProblem(
            field: "\(layer.title).\(placed.field.name)", offset: layer.start + placed.range.lowerBound,
            seen: placed.value.number, right: right)
        }
      }
    }
  }
}
