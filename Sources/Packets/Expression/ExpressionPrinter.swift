/// Writes a packet as the shortest expression that builds the same bytes.
enum ExpressionPrinter {
  static func print(_ packet: Packet) -> String { text(shortest(packet)) }

  /// Layers that build the same bytes as the packet, with as little given as can be.
  static func shortest(_ packet: Packet) -> [Layer] {
    guard let wanted = try? packet.build() else { return packet.layers }
    // What was dissected has its every field given; what was written may leave some to be computed. Both start here.
    var whole = packet
    whole.bytes = wanted
    for index in whole.slots.indices { whole.slots[index].given = .max }
    var layers = whole.layers
    for index in layers.indices {
      let upper = index + 1 < layers.count ? layers[index + 1].id : nil
      let bytes = Array(wanted[whole.slots[index].range])
      // A header that no values of its fields can make: say the bytes.
      if layers[index].encode(under: upper).bytes != bytes { layers[index] = raw(bytes) }
    }
    for index in layers.indices { dropDefaults(&layers, index) }
    return dropComputed(&layers, wanted) ? layers : [raw(wanted)]
  }

  private static func raw(_ bytes: [UInt8]) -> Layer {
    var layer = Layer(.raw)
    layer.values[0] = .bytes(bytes)
    return layer
  }

  /// Leaves out what a default or the layer above gives anyway.
  private static func dropDefaults(_ layers: inout [Layer], _ index: Int) {
    let id = layers[index].id
    let upper = index + 1 < layers.count ? layers[index + 1].id : nil
    let wanted = layers[index].encode(under: upper).bytes
    for (field, spec) in id.type.fields.enumerated() where !spec.isComputed && !spec.isAlwaysShown {
      let value = layers[index].values[field]
      guard value != nil else { continue }
      layers[index].values[field] = nil
      if layers[index].encode(under: upper).bytes != wanted { layers[index].values[field] = value }
    }
  }

  /// Leaves out lengths and checksums that come out the same when they are computed. False when there is no way to make
  /// the bytes.
  private static func dropComputed(_ layers: inout [Layer], _ wanted: [UInt8]) -> Bool {
    let full = layers
    for index in layers.indices {
      for (field, spec) in layers[index].id.type.fields.enumerated() where spec.isComputed {
        layers[index].values[field] = nil
      }
    }
    // Each round gives back the first field that came out wrong, which may put others right.
    while true {
      let packet = Packet(layers: layers)
      guard let (slot, field) = firstWrong(packet, layers, wanted) else { return true }
      guard let field, layers[slot].values[field] == nil, let value = full[slot].values[field] else { break }
      layers[slot].values[field] = value
    }
    layers = full
    return (try? Packet(layers: full).build()) == wanted
  }

  /// The computed field that the first differing byte lies in. `nil` when all is right.
  private static func firstWrong(
    _ packet: Packet, _ layers: [Layer], _ wanted: [UInt8]
  ) -> (slot: Int, field: Int?)? {
    let built: [UInt8]
    do {
      built = try packet.build()
    } catch {
      let slot = packet.slots.firstIndex { $0.id.type.name == error.layer } ?? 0
      return (slot, packet.slots[slot].id.type.fields.firstIndex { $0.name == error.field })
    }
    if built == wanted { return nil }
    guard built.count == wanted.count else { return (0, nil) }
    // Headers first, from the outside in; a checksum is looked at after the lengths that it covers.
    for pass in [false, true] {
      for (index, slot) in packet.slots.enumerated() {
        for placed in Layer.decode(slot.id, wanted[slot.range]) where placed.field.isComputed {
          guard case .checksum = placed.field.kind else {
            if !pass, differs(placed, slot, built, wanted), layers[index].values[placed.index] == nil {
              return (index, placed.index)
            }
            continue
          }
          if pass, differs(placed, slot, built, wanted) { return (index, placed.index) }
        }
      }
    }
    return (0, nil)
  }

  private static func differs(_ placed: PlacedField, _ slot: Slot, _ a: [UInt8], _ b: [UInt8]) -> Bool {
    let range = placed.range.lowerBound + Int(slot.start)..<placed.range.upperBound + Int(slot.start)
    return a[range] != b[range]
  }

  // MARK: Text

  static func text(_ layers: [Layer]) -> String {
    layers.isEmpty ? "Raw(\"\")" : layers.map(text).joined(separator: "/")
  }

  static func text(_ layer: Layer) -> String {
    let type = layer.id.type
    var parts: [String] = []
    for (field, value) in zip(type.fields, layer.values) {
      guard let value else { continue }
      let text = field.text(value, in: layer)
      parts.append(layer.id == .raw || layer.id == .padding ? text : "\(field.name)=\(text)")
    }
    return "\(type.name)(\(parts.joined(separator: ", ")))"
  }
}

extension Field {
  /// A value as it stands in an expression, beside the other values of its layer.
  func text(_ value: FieldValue, in layer: Layer) -> String {
    guard case .dnsData = kind else { return text(value) }
    return DNSData.text(value.bytes, type: layer.values[1]?.number ?? 1)
  }

  /// A value as it stands in an expression.
  func text(_ value: FieldValue) -> String {
    switch (kind, value) {
    case (.hex, .number(let number)), (.little, .number(let number)), (.checksum, .number(let number)),
      (.names(_, hex: true), .number(let number)):
      return "0x\(String(number, radix: 16))"
    case (.flags(let names), .number(let number)): return Self.flags(names, number)
    case (.fixedPoint(let bits), .number(let number)):
      if number & ((1 << UInt64(bits)) - 1) == 0 { return String(number >> UInt64(bits)) }
      let count = (self.bits ?? 64) / 8
      return ByteText.literal(
        (0..<count).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * (count - 1 - $0))) }, always: true)
    case (_, .number(let number)): return String(number)
    case (.mac, .bytes(let bytes)) where bytes.count == 16 && bytes[6...].allSatisfy { $0 == 0 }:
      return "\"\(AddressText.mac(Array(bytes.prefix(6))))\""
    case (.numbers(let width), .bytes(let bytes)) where bytes.count % width == 0:
      let all = stride(from: 0, to: bytes.count, by: width).map { at in
        String(bytes[at..<at + width].reduce(0 as UInt64) { $0 << 8 | UInt64($1) })
      }
      return "[\(all.joined(separator: ", "))]"
    case (.pairs, .bytes(let bytes)) where bytes.count % 4 == 0:
      let all = stride(from: 0, to: bytes.count, by: 4).map { at in
        "\"\(Int(bytes[at]) << 8 | Int(bytes[at + 1])):\(Int(bytes[at + 2]) << 8 | Int(bytes[at + 3]))\""
      }
      return "[\(all.joined(separator: ", "))]"
    case (.dhcpOptions, .bytes(let bytes)): return DHCPOptions.text(bytes) ?? ByteText.literal(bytes)
    case (.dnsName, .bytes(let bytes)): return ByteText.literal(DNSName.decode(bytes) ?? bytes)
    case (.dnsData, .bytes(let bytes)): return ByteText.literal(bytes, always: true)
    case (.mac, .bytes(let bytes)) where bytes.count == 6: return "\"\(AddressText.mac(bytes))\""
    case (.ipv4, .bytes(let bytes)) where bytes.count == 4, (.ipv6, .bytes(let bytes)) where bytes.count == 4:
      return "\"\(AddressText.ipv4(bytes))\""
    case (.ipv4, .bytes(let bytes)) where bytes.count == 16, (.ipv6, .bytes(let bytes)) where bytes.count == 16:
      return "\"\(AddressText.ipv6(bytes))\""
    case (.ipv4List, .bytes(let bytes)) where bytes.count % 4 == 0:
      let all = stride(from: 0, to: bytes.count, by: 4).map { "\"\(AddressText.ipv4(Array(bytes[$0..<$0 + 4])))\"" }
      return "[\(all.joined(separator: ", "))]"
    case (.ipv6List, .bytes(let bytes)) where bytes.count % 16 == 0:
      let all = stride(from: 0, to: bytes.count, by: 16).map { "\"\(AddressText.ipv6(Array(bytes[$0..<$0 + 16])))\"" }
      return "[\(all.joined(separator: ", "))]"
    case (.tcpOptions, .bytes(let bytes)):
      guard let items = TCPOptions.decode(bytes) else { return ByteText.literal(bytes) }
      return "[\(items.map(TCPOptions.print).joined(separator: ", "))]"
    case (.layers(let kind), .bytes(let bytes)):
      guard let items = kind.split(bytes) else { return ByteText.literal(bytes) }
      return "[\(items.map(ExpressionPrinter.text).joined(separator: ", "))]"
    case (.mac, .bytes(let bytes)), (.ipv4, .bytes(let bytes)): return ByteText.literal(bytes, always: true)
    case (_, .bytes(let bytes)): return ByteText.literal(bytes)
    }
  }

  private static func flags(_ names: [String], _ number: UInt64) -> String {
    let isLetters = names.allSatisfy { $0.utf8.count == 1 }
    let isUnique = Set(names).count == names.count
    guard isUnique, number >> UInt64(names.count) == 0 else { return "0x\(String(number, radix: 16))" }
    let set = names.indices.filter { number >> UInt64($0) & 1 == 1 }.map { names[$0] }
    return "\"\(set.joined(separator: isLetters ? "" : "+"))\""
  }
}
