/// A dissected packet with what a reader wants to know of each field.
struct DissectedPacket {
  struct LayerView {
    var id: LayerID
    /// `IP`, or `IP[2]` for the second one.
    var title: String
    /// Byte offset in the packet.
    var start: Int
    var fields: [PlacedField]
    /// By index of the field: what the checksum would have to be.
    var rightChecksums: [Int: UInt64]
    /// Why it is `Raw`.
    var reason: String?
    /// What lies behind the last field, from the start of the header, and its bytes.
    var filling: Range<Int>
    var fillingBytes: [UInt8]
  }

  var layers: [LayerView] = []

  init(_ packet: Packet) {
    let right = Self.rightChecksums(packet)
    var counts: [LayerID: Int] = [:]
    for (index, slot) in packet.slots.enumerated() {
      let number = counts[slot.id, default: 0] + 1
      counts[slot.id] = number
      let fields = Layer.decode(slot.id, packet.bytes[slot.range])
      var wrong: [Int: UInt64] = [:]
      for placed in fields where !slot.range.isEmpty {
        guard case .checksum = placed.field.kind, let value = right[index]?[placed.index] else { continue }
        if value != placed.value.number { wrong[placed.index] = value }
      }
      let used = fields.last?.range.upperBound ?? 0
      layers.append(
        LayerView(
          id: slot.id, title: number > 1 ? "\(slot.id.type.name)[\(number)]" : slot.id.type.name,
          start: Int(slot.start), fields: fields, rightChecksums: wrong, reason: slot.reasonText,
          filling: used..<slot.range.count, fillingBytes: Array(packet.bytes[slot.range].dropFirst(used))))
    }
  }

  /// What each checksum would be if it were computed, where that can be told.
  private static func rightChecksums(_ packet: Packet) -> [Int: [Int: UInt64]] {
    var computed = packet
    var isWhole = true
    for index in computed.slots.indices {
      let slot = computed.slots[index]
      if isWhole {
        for (field, spec) in slot.id.type.fields.enumerated() {
          if case .checksum = spec.kind { computed.slots[index].given &= ~(1 << UInt64(field)) }
        }
      }
      // A fragment, or a packet that was cut off, doesn't hold all that the checksums further up cover.
      if slot.id == .ip {
        let at = Int(slot.start)
        let isFragment = packet.bytes[at + 6] & 0x20 != 0
        let length = Int(packet.bytes[at + 2]) << 8 | Int(packet.bytes[at + 3])
        if isFragment || length > packet.bytes.count - at { isWhole = false }
      }
    }
    // A checksum is computed over a header in which it is zero.
    for slot in computed.slots where slot.given != .max {
      for placed in Layer.decode(slot.id, packet.bytes[slot.range]) {
        guard case .checksum = placed.field.kind else { continue }
        for at in placed.range { computed.bytes[Int(slot.start) + at] = 0 }
      }
    }
    guard let bytes = try? computed.build() else { return [:] }
    var right: [Int: [Int: UInt64]] = [:]
    for (index, slot) in computed.slots.enumerated() where slot.given != .max {
      for placed in Layer.decode(slot.id, bytes[slot.range]) {
        guard case .checksum = placed.field.kind else { continue }
        // Over IPv4, zero in a datagram says that there is no checksum (RFC 768).
        let at = Int(slot.start)
        if slot.id == .udp, index > 0, computed.slots[index - 1].id == .ip, packet.bytes[at + 6..<at + 8] == [0, 0] {
          continue
        }
        right[index, default: [:]][placed.index] = placed.value.number
      }
    }
    return right
  }
}

extension Slot {
  /// Why the bytes of a `Raw` were not read.
  var reasonText: String? {
    let name = wanted.type.name
    return switch reason {
    case .none: nil
    case .tooShort: "\(range.count) \(range.count == 1 ? "byte is" : "bytes are") no whole \(name) header"
    case .badHeaderLength: "the header length below can't be"
    case .fragment: "a later fragment"
    case .tooDeep: "more than \(Dissector.maximumDepth) layers"
    }
  }
}
