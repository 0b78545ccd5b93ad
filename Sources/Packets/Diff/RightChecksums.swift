/// What each checksum of a packet would have to be.
///
/// Each is computed over the bytes that are there, as a receiver does: a checksum further in that is wrong is part of what an
/// outer one covers (ICMP errors, VXLAN, GRE), and bytes behind an inner packet's end that an outer length counts are too.
enum RightChecksums {
  /// How far a layer reaches, and whether all that its checksum covers is there.
  private struct Extent {
    var end: Int
    var isWhole: Bool
  }

  /// By index of the layer, then of the field; nothing for what can't be told, or needn't be there.
  static func of(_ packet: Packet) -> [Int: [Int: UInt64]] {
    let extents = extents(of: packet)
    var bytes = packet.bytes
    var slots = packet.slots
    for index in slots.indices {
      slots[index].given = .max
      // A pseudo-header has the length of what is there: a length that is cut short is no whole packet, see `extents`.
      if slots[index].id == .ip { slots[index].given &= ~(1 << UInt64(IP.len)) }
    }
    var right: [Int: [Int: UInt64]] = [:]
    for (index, slot) in packet.slots.enumerated() where extents[index].isWhole && !slot.range.isEmpty {
      for placed in Layer.decode(slot.id, packet.bytes[slot.range]) {
        guard case .checksum = placed.field.kind, !mayBeMissing(placed, index, packet) else { continue }
        let before = slots[index].given
        slots[index].given = ~(1 << UInt64(placed.index))
        right[index, default: [:]][placed.index] = computed(placed, index, &bytes, slots, end: extents[index].end)
        slots[index].given = before
      }
    }
    return right
  }

  /// Over IPv4, zero in a datagram says that there is no checksum (RFC 768); over IPv6 a tunnel may do so (RFC 6935).
  private static func mayBeMissing(_ placed: PlacedField, _ index: Int, _ packet: Packet) -> Bool {
    guard packet.slots[index].id == .udp, placed.value.number == 0, index > 0 else { return false }
    if packet.slots[index - 1].id == .ip { return true }
    guard index + 1 < packet.slots.count else { return false }
    switch packet.slots[index + 1].id {
    case .vxlan, .geneve, .gre, .gue, .gtpu, .mpls: return true
    default: return false
    }
  }

  /// The value that the layer itself computes over a header in which it is zero; `nil` where it computes none, as without
  /// an IP header that a pseudo-header is made of.
  private static func computed(
    _ placed: PlacedField, _ index: Int, _ bytes: inout [UInt8], _ slots: [Slot], end: Int
  ) -> UInt64? {
    let slot = slots[index]
    let place = (Int(slot.start) + placed.range.lowerBound)..<(Int(slot.start) + placed.range.upperBound)
    let seen = Array(bytes[place])
    defer { bytes.replaceSubrange(place, with: seen) }
    func computed(over initial: UInt8) -> UInt64? {
      for at in place { bytes[at] = 0 }
      bytes[place.upperBound - 1] = initial
      bytes.withUnsafeMutableBufferPointer { buffer in
        slots.withUnsafeBufferPointer { slots in
          try? slot.id.type.finish(index, Build(bytes: buffer, slots: slots, bodyEnd: end))
        }
      }
      return Layer.decode(slot.id, bytes[slot.range]).first { $0.index == placed.index }?.value.number
    }
    guard let value = computed(over: 0) else { return nil }
    // Zero is what was put there: whether it was computed shows over another value.
    return value == 0 && computed(over: 1) == 1 ? nil : value
  }

  /// A fragment, or a packet that was cut off, doesn't hold all that the checksums further in cover.
  private static func extents(of packet: Packet) -> [Extent] {
    packet.bytes.withUnsafeBufferPointer { buffer in
      let bytes = ByteView(base: buffer)
      var limit = buffer.count
      var isWhole = true
      return packet.slots.map { slot in
        let start = Int(slot.start)
        let isJudged = isWhole
        guard start <= limit, let header = slot.id.type.dissect(bytes, start, limit) else {
          return Extent(end: max(limit, Int(slot.end)), isWhole: isJudged)
        }
        if header.limit < limit, header.limit >= header.end { limit = header.limit }
        let extent = Extent(end: max(limit, Int(slot.end)), isWhole: isJudged)
        switch slot.id {
        case .ip:
          // More fragments, or an offset.
          if header.limit > limit || bytes.u16(start + 6) & 0x3fff != 0 { isWhole = false }
        case .ipv6: if header.limit > limit { isWhole = false }
        case .fragment: if bytes.u16(start + 2) & 0xfff9 != 0 { isWhole = false }
        default: if let end = quoteEnd(slot, bytes, header.end) { limit = min(limit, end) }
        }
        return extent
      }
    }
  }

  /// Where the packet ends that an error message quotes, when it says so: extensions lie behind it (RFC 4884 section 4).
  private static func quoteEnd(_ slot: Slot, _ bytes: ByteView, _ start: Int) -> Int? {
    let at = Int(slot.start)
    let length: Int
    switch slot.id {
    case .icmp where [3, 11, 12].contains(bytes[at]): length = Int(bytes[at + 5]) * 4
    case .icmpv6DestUnreach, .icmpv6TimeExceeded: length = Int(bytes[at + 4]) * 8
    default: return nil
    }
    return length > 0 ? start + length : nil
  }
}
