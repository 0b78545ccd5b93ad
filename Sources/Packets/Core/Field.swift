/// One field of a layer.
struct Field: Sendable {
  let name: String
  let kind: FieldKind
  let width: FieldWidth
  /// What it holds unless given; for a computed field, what it holds until it is computed.
  let initial: FieldValue
  /// Lengths and checksums: left out of an expression when computing them gives the same.
  let isComputed: Bool
  /// Addresses and ports: always written in an expression, so that it says what a reader looks for first.
  let isAlwaysShown: Bool

  init(
    _ name: String, _ kind: FieldKind, _ width: FieldWidth, _ initial: FieldValue = .number(0), computed: Bool = false,
    shown: Bool = false
  ) {
    self.name = name
    self.kind = kind
    self.width = width
    self.initial = initial
    self.isComputed = computed
    self.isAlwaysShown = shown
  }

  /// How many bits it has, if that is always the same.
  var bits: Int? {
    switch width {
    case .bits(let bits), .bitsWhen(let bits, _): bits
    case .varint: 62
    case .bytes, .rest, .phantom: nil
    }
  }

  /// A number of so many bits, printed in decimal.
  static func int(_ name: String, _ bits: Int, _ initial: UInt64 = 0) -> Field {
    Field(name, .decimal, .bits(bits), .number(initial))
  }

  /// A number of so many bits, printed in hexadecimal.
  static func hex(_ name: String, _ bits: Int, _ initial: UInt64 = 0) -> Field {
    Field(name, .hex, .bits(bits), .number(initial))
  }

  /// A length or an offset that is computed unless given.
  static func length(_ name: String, _ bits: Int) -> Field { Field(name, .decimal, .bits(bits), computed: true) }

  /// A 16-bit Internet checksum that is computed unless given.
  static func checksum(_ name: String) -> Field { Field(name, .checksum, .bits(16), computed: true) }

  /// Bytes that take up the rest of the header.
  static func rest(_ name: String) -> Field { Field(name, .bytes, .rest, .bytes([])) }

  /// Bytes whose number stands in the header.
  static func bytes(_ name: String, _ count: @escaping @Sendable (HeaderSoFar) -> Int) -> Field {
    Field(name, .bytes, .bytes(count), .bytes([]))
  }

  /// Exactly so many bytes; shorter ones are filled with zeros.
  static func fixed(_ name: String, _ count: Int) -> Field { Field(name, .bytes, .bits(count * 8), .bytes([])) }

  static func ipv4(_ name: String, shown: Bool = false) -> Field {
    Field(name, .ipv4, .bits(32), .bytes([0, 0, 0, 0]), shown: shown)
  }

  static func ipv6(_ name: String) -> Field {
    Field(name, .ipv6, .bits(128), .bytes(Array(repeating: 0, count: 16)))
  }

  static func mac(_ name: String) -> Field { Field(name, .mac, .bits(48), EtherLayer.zero) }

  /// Little-endian numbers, as WireGuard has them.
  static func little(_ name: String, _ bits: Int) -> Field { Field(name, .little, .bits(bits)) }

  static func names(
    _ name: String, _ bits: Int, _ initial: UInt64, _ names: [UInt64: String], hex: Bool = false
  ) -> Field {
    Field(name, .names(names, hex: hex), .bits(bits), .number(initial))
  }

  /// The same field, there only when the header so far says so.
  func when(_ condition: @escaping @Sendable (HeaderSoFar) -> Bool) -> Field {
    guard case .bits(let bits) = width else { return self }
    return Field(
      name, kind, .bitsWhen(bits, condition), initial, computed: isComputed, shown: isAlwaysShown)
  }
}

/// How the bits of a field are read and written by people.
enum FieldKind: Sendable {
  case decimal, hex, checksum
  /// Hexadecimal, the least significant byte first on the wire.
  case little
  /// Numbers with names.
  case names([UInt64: String], hex: Bool)
  /// Bits with names, the least significant first; one letter each (`"SA"`) or words (`"MF+DF"`).
  case flags([String])
  case mac, ipv4, ipv6
  case bytes
  case ipv4List, ipv6List
  /// Numbers of so many bytes each: `[1, 2]`.
  case numbers(Int)
  /// Pairs of 16-bit numbers as Scapy writes them: `["2:3"]`.
  case pairs
  case tcpOptions, dhcpOptions
  /// A domain name in labels (RFC 1035 section 3.1).
  case dnsName
  /// The data of a resource record; what it is depends on `type`.
  case dnsData
  /// A number with so many bits after the point.
  case fixedPoint(Int)
  /// Layers in a list of their own: `[IPOption_NOP(), …]`.
  case layers(any LayerList.Type)
}

/// How wide a field is.
enum FieldWidth: Sendable {
  case bits(Int)
  case bitsWhen(Int, @Sendable (HeaderSoFar) -> Bool)
  /// So many bytes, by what the header says. What is given is written whole, whatever the header says.
  case bytes(@Sendable (HeaderSoFar) -> Int)
  /// As many bytes as the number needs (RFC 9000 section 16).
  case varint
  /// None: it only changes how others are written.
  case phantom
  /// All bytes up to the end of the header.
  case rest
}

extension FieldValue: ExpressibleByIntegerLiteral {
  init(integerLiteral value: UInt64) { self = .number(value) }
}

/// What a field holds, in the form in which it goes on the wire.
enum FieldValue: Hashable, Sendable {
  case number(UInt64)
  /// Addresses, strings and options.
  case bytes([UInt8])

  var number: UInt64 { if case .number(let number) = self { number } else { 0 } }
  var bytes: [UInt8] { if case .bytes(let bytes) = self { bytes } else { [] } }
}

/// A header that is being read or written, seen from one of its fields; anything not yet there reads as zero.
struct HeaderSoFar {
  /// The header: all of it when it is read, what is before the field when it is written.
  let bytes: ArraySlice<UInt8>
  /// Bytes before the field.
  let position: Int

  func u8(_ at: Int) -> Int { at < bytes.count ? Int(bytes[bytes.startIndex + at]) : 0 }
  func u16(_ at: Int) -> Int { u8(at) << 8 | u8(at + 1) }
  /// The bytes from the field on; none when the header is being written.
  var rest: ArraySlice<UInt8> { bytes.dropFirst(position) }
}
