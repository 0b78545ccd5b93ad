/// A layer as values of its fields: the form in which it is given, changed and printed.
struct Layer: Hashable, Sendable {
  var id: LayerID
  /// By index of the field; `nil` is a default, or computed.
  var values: [FieldValue?]

  init(_ id: LayerID) {
    self.id = id
    self.values = Array(repeating: nil, count: id.type.fields.count)
  }

  /// The bytes of the header with everything but computed fields in place, and a bit for each field that was given.
  func encode(under upper: LayerID?) -> (bytes: [UInt8], given: UInt64) {
    let type = id.type
    var given: UInt64 = 0
    for (index, value) in values.enumerated() where value != nil { given |= 1 << UInt64(index) }
    var values = values
    if let upper {
      for (index, value) in type.overload(under: upper) where values[index] == nil { values[index] = value }
    }
    type.prepare(&values)
    var writer = BitWriter()
    for (index, field) in type.fields.enumerated() {
      let value = values[index] ?? field.initial
      switch field.width {
      case .bits(let bits): writer.append(field.wireOrder(value, bits), bits)
      case .bitsWhen(let bits, let condition):
        if condition(writer.header) {
          writer.append(value, bits)
        } else {
          given &= ~(1 << UInt64(index))
        }
      case .bytes(let count):
        switch value {
        case .bytes(let run): writer.bytes.append(contentsOf: run)
        case .number: writer.append(value, max(0, count(writer.header)) * 8)
        }
      case .varint: writer.append(.number(Varint.tagged(value.number)), Varint.size(value.number) * 8)
      case .phantom: break
      case .rest: writer.bytes.append(contentsOf: value.bytes)
      }
    }
    while writer.bytes.count % type.alignment != 0 { writer.bytes.append(0) }
    return (writer.bytes, given)
  }

  /// Reads every field that the header has. Bits that it has no room for are not there.
  static func decode(_ id: LayerID, _ header: ArraySlice<UInt8>) -> [PlacedField] {
    var placed: [PlacedField] = []
    var bit = 0
    let total = header.count * 8
    for (index, field) in id.type.fields.enumerated() {
      let width: Int
      switch field.width {
      case .bits(let bits): width = bits
      case .bitsWhen(let bits, let condition):
        guard condition(HeaderSoFar(bytes: header, position: bit / 8)) else { continue }
        width = bits
      case .bytes(let count): width = max(0, count(HeaderSoFar(bytes: header, position: bit / 8))) * 8
      case .rest: width = total - bit
      case .varint: width = 8 << Int((header.dropFirst(bit / 8).first ?? 0) >> 6)
      case .phantom: width = 0
      }
      guard width <= total - bit else { break }
      // A number that the header has no bytes for isn't there.
      if width == 0, case .bytes = field.width, field.isNumber { continue }
      placed.append(
        PlacedField(index: index, field: field, bit: bit, width: width, value: field.read(header, bit, width)))
      bit += width
    }
    return placed
  }
}

/// A field found in bytes.
struct PlacedField {
  let index: Int
  let field: Field
  /// From the start of the header, in bits.
  let bit: Int
  let width: Int
  let value: FieldValue

  /// Byte offsets from the start of the header.
  var range: Range<Int> { bit / 8..<(bit + width + 7) / 8 }
}

extension Field {
  /// True when the wire form is a number rather than a run of bytes.
  var isNumber: Bool {
    switch kind {
    case .decimal, .hex, .checksum, .little, .names, .flags, .fixedPoint: true
    case .mac, .ipv4, .ipv6, .bytes, .ipv4List, .ipv6List, .numbers, .pairs, .tcpOptions, .dhcpOptions, .dnsName,
      .dnsData, .layers:
      false
    }
  }

  fileprivate func read(_ header: ArraySlice<UInt8>, _ bit: Int, _ width: Int) -> FieldValue {
    guard isNumber else {
      let from = header.startIndex + bit / 8
      return .bytes(Array(header[from..<from + width / 8]))
    }
    var value: UInt64 = 0
    var position = bit
    let end = bit + width
    while position < end {
      let byte = header[header.startIndex + position / 8]
      // As many bits as this byte has left, or as are wanted.
      let count = min(8 - position % 8, end - position)
      let bits = byte >> UInt8(8 - position % 8 - count) & UInt8(truncatingIfNeeded: (1 << count) - 1)
      value = value << UInt64(count) | UInt64(bits)
      position += count
    }
    if case .varint = self.width { return .number(width < 2 ? 0 : value & (.max >> UInt64(66 - width))) }
    return wireOrder(.number(value), width)
  }

  /// Swaps the bytes of a number that is little-endian on the wire.
  fileprivate func wireOrder(_ value: FieldValue, _ bits: Int) -> FieldValue {
    guard case .little = kind, case .number(let number) = value, bits <= 64, bits > 0 else { return value }
    return .number((number << UInt64(64 - bits)).byteSwapped)
  }
}

/// Numbers of one, two, four or eight bytes, with the size in the first two bits (RFC 9000 section 16).
enum Varint {
  static func size(_ value: UInt64) -> Int { value < 0x40 ? 1 : value < 0x4000 ? 2 : value < 0x4000_0000 ? 4 : 8 }

  static func tagged(_ value: UInt64) -> UInt64 {
    switch size(value) {
    case 1: value
    case 2: value | 0x4000
    case 4: value | 0x8000_0000
    default: value | 0xc000_0000_0000_0000
    }
  }
}

/// Writes numbers of any width, the most significant bit first.
struct BitWriter {
  var bytes: [UInt8] = []
  var header: HeaderSoFar { HeaderSoFar(bytes: bytes[...], position: bytes.count) }
  private var free = 0  // bits not yet used in the last byte

  init() {}

  mutating func append(_ value: FieldValue, _ bits: Int) {
    switch value {
    case .number(let number):
      var left = bits
      while left > 0 {
        if free == 0 {
          bytes.append(0)
          free = 8
        }
        // As many bits as this byte has room for, or as are left.
        let count = min(free, left)
        left -= count
        free -= count
        let part = left < 64 ? number >> UInt64(left) & ((1 << UInt64(count)) - 1) : 0
        bytes[bytes.count - 1] |= UInt8(truncatingIfNeeded: part << UInt64(free))
      }
    case .bytes(let run):
      // As Scapy's strings of fixed length: cut, or filled with zeros.
      let count = bits / 8
      bytes.append(contentsOf: run.prefix(count))
      bytes.append(contentsOf: repeatElement(0, count: max(0, count - run.count)))
    }
  }
}
