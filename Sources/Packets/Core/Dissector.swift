/// Finds the layers in bytes. It never fails: what it can't read is `Raw`, with the reason.
enum Dissector {
  /// Layers before it stops looking; the rest is `Raw`.
  static let maximumDepth = 64

  static func dissect(_ bytes: [UInt8], from first: LayerID?) -> [Slot] {
    var slots: [Slot] = []
    slots.reserveCapacity(6)
    bytes.withUnsafeBufferPointer { buffer in
      let view = ByteView(base: buffer)
      var position = 0
      var limit = buffer.count
      var padding: [Int] = []  // ends of what inner layers leave over, outermost first
      var next = first
      while position < limit || slots.isEmpty {
        guard let id = next else {
          append(.raw, position, limit, &slots)
          break
        }
        guard slots.count < maximumDepth else {
          append(.raw, position, limit, &slots, .tooDeep, id)
          break
        }
        guard let header = id.type.dissect(view, position, limit) else {
          append(.raw, position, limit, &slots, .tooShort, id)
          break
        }
        append(id, position, header.end, &slots)
        position = header.end
        next = header.next
        // A length that promises more than there is, or that ends inside the header, says nothing about padding.
        if header.limit < limit, header.limit >= position {
          padding.append(limit)
          limit = header.limit
        }
        if header.reason != .none, position < limit {
          append(.raw, position, limit, &slots, header.reason, next ?? id)
          break
        }
      }
      while let end = padding.popLast() {
        append(.padding, limit, end, &slots)
        limit = end
      }
    }
    return slots
  }

  @inline(__always)
  private static func append(
    _ id: LayerID, _ start: Int, _ end: Int, _ slots: inout [Slot], _ reason: RawReason = .none,
    _ wanted: LayerID = .raw
  ) {
    slots.append(
      Slot(
        id: id, reason: reason, wanted: wanted, start: UInt32(truncatingIfNeeded: start),
        end: UInt32(truncatingIfNeeded: end), given: .max))
  }
}
