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
    let right = RightChecksums.of(packet)
    var counts: [LayerID: Int] = [:]
    for (index, slot) in packet.slots.enumerated() {
      let number = counts[slot.id, default: 0] + 1
      counts[slot.id] = number
      let fields = Layer.decode(slot.id, packet.bytes[slot.range])
      var wrong: [Int: UInt64] = [:]
      for placed in fields where !slot.range.isEmpty {
        guard case .checksum = placed.field.kind, let value = right[index]?[placed.index] else { continue }
        // In one's complement the two zeros are the same to whoever adds it up (RFC 1624 section 3).
        let isOtherZero = value == 0 && placed.value.number == 0xffff && placed.width == 16
        if value != placed.value.number, !isOtherZero { wrong[placed.index] = value }
      }
      let used = fields.last?.range.upperBound ?? 0
      layers.append(
        LayerView(
          id: slot.id, title: number > 1 ? "\(slot.id.type.name)[\(number)]" : slot.id.type.name,
          start: Int(slot.start), fields: fields, rightChecksums: wrong, reason: slot.reasonText,
          filling: used..<slot.range.count, fillingBytes: Array(packet.bytes[slot.range].dropFirst(used))))
    }
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
