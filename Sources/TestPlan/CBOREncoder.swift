/// Concise Binary Object Representation (RFC 8949): how plans and observations travel into a guest and back.
///
/// The subset is what Codable needs: integers, doubles, text, byte strings (for `Bytes`), arrays and maps with text keys
/// (both of indefinite length, so that encoding is one pass), `null`, `true` and `false`.
public enum CBOR {
  /// Encodes a value. Throws what the value's own `encode(to:)` throws.
  public static func encode(_ value: some Encodable) throws -> [UInt8] {
    let sink = CBORSink()
    try sink.write(value, path: [])
    return sink.bytes
  }

  /// Decodes a value from exactly these bytes; throws `DecodingError` when they are anything else.
  public static func decode<T: Decodable>(_ type: T.Type, from bytes: [UInt8]) throws -> T {
    var parser = CBORParser(bytes)
    let node = try parser.parse()
    return try CBORDecoder(node: node, codingPath: []).unbox(type)
  }
}

/// Major types, RFC 8949 section 3.1, as the top three bits of an initial byte.
enum CBORMajor {
  static let unsigned: UInt8 = 0 << 5
  static let negative: UInt8 = 1 << 5
  static let bytes: UInt8 = 2 << 5
  static let text: UInt8 = 3 << 5
  static let array: UInt8 = 4 << 5
  static let map: UInt8 = 5 << 5
  static let simple: UInt8 = 7 << 5
}

/// Simple values and marks, RFC 8949 sections 3.2 and 3.3.
enum CBORMark {
  static let openArray: UInt8 = 0x9f
  static let openMap: UInt8 = 0xbf
  static let close: UInt8 = 0xff
  static let no: UInt8 = 0xf4
  static let yes: UInt8 = 0xf5
  static let null: UInt8 = 0xf6
  static let double: UInt8 = 0xfb
}

/// The bytes written so far, and how many arrays and maps are still open.
final class CBORSink {
  var bytes: [UInt8] = []
  private(set) var depth = 0

  func open(_ mark: UInt8) -> Int {
    bytes.append(mark)
    depth += 1
    return depth
  }

  /// Ends every array and map that lies deeper than `target`.
  func close(to target: Int) {
    while depth > target {
      bytes.append(CBORMark.close)
      depth -= 1
    }
  }

  func head(_ major: UInt8, _ argument: UInt64) {
    switch argument {
    case 0..<24:
      bytes.append(major | UInt8(argument))
    case 24...0xff:
      bytes.append(major | 24)
      bytes.append(UInt8(argument))
    case 0x100...0xffff:
      bytes.append(major | 25)
      bigEndian(UInt16(argument))
    case 0x1_0000...0xffff_ffff:
      bytes.append(major | 26)
      bigEndian(UInt32(argument))
    default:
      bytes.append(major | 27)
      bigEndian(argument)
    }
  }

  private func bigEndian(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }

  func integer(_ value: some BinaryInteger) {
    if value < 0 {
      head(CBORMajor.negative, UInt64(bitPattern: ~Int64(value)))
    } else {
      head(CBORMajor.unsigned, UInt64(value))
    }
  }

  func text(_ value: String) {
    var value = value
    value.withUTF8 {
      head(CBORMajor.text, UInt64($0.count))
      bytes.append(contentsOf: $0)
    }
  }

  func double(_ value: Double) {
    bytes.append(CBORMark.double)
    bigEndian(value.bitPattern)
  }

  func write(_ value: some Encodable, path: [any CodingKey]) throws {
    if let blob = value as? Bytes {
      head(CBORMajor.bytes, UInt64(blob.count))
      bytes.append(contentsOf: blob.array)
      return
    }
    let base = depth
    let before = bytes.count
    try value.encode(to: CBOREncoder(sink: self, codingPath: path))
    close(to: base)
    // A value that writes nothing at all must still be one item.
    if bytes.count == before { bytes.append(contentsOf: [CBORMark.openMap, CBORMark.close]) }
  }
}

struct CBOREncoder: Encoder {
  let sink: CBORSink
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    KeyedEncodingContainer(
      CBORKeyedWriter(sink: sink, depth: sink.open(CBORMark.openMap), codingPath: codingPath))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    CBORUnkeyedWriter(sink: sink, depth: sink.open(CBORMark.openArray), codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer {
    CBORSingleWriter(sink: sink, codingPath: codingPath)
  }
}

struct CBORKeyedWriter<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let sink: CBORSink
  let depth: Int
  let codingPath: [any CodingKey]

  private func key(_ key: any CodingKey) {
    sink.close(to: depth)
    sink.text(key.stringValue)
  }

  mutating func encodeNil(forKey key: Key) {
    self.key(key)
    sink.bytes.append(CBORMark.null)
  }

  mutating func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
    self.key(key)
    try sink.write(value, path: codingPath)
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> {
    self.key(key)
    return CBOREncoder(sink: sink, codingPath: codingPath).container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    self.key(key)
    return CBOREncoder(sink: sink, codingPath: codingPath).unkeyedContainer()
  }

  mutating func superEncoder() -> any Encoder {
    sink.close(to: depth)
    sink.text("super")
    return CBOREncoder(sink: sink, codingPath: codingPath)
  }

  mutating func superEncoder(forKey key: Key) -> any Encoder {
    self.key(key)
    return CBOREncoder(sink: sink, codingPath: codingPath)
  }
}

struct CBORUnkeyedWriter: UnkeyedEncodingContainer {
  let sink: CBORSink
  let depth: Int
  let codingPath: [any CodingKey]
  private(set) var count = 0

  init(sink: CBORSink, depth: Int, codingPath: [any CodingKey]) {
    self.sink = sink
    self.depth = depth
    self.codingPath = codingPath
  }

  private mutating func next() {
    sink.close(to: depth)
    count += 1
  }

  mutating func encodeNil() {
    next()
    sink.bytes.append(CBORMark.null)
  }

  mutating func encode<T: Encodable>(_ value: T) throws {
    next()
    try sink.write(value, path: codingPath)
  }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
    next()
    return CBOREncoder(sink: sink, codingPath: codingPath).container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    next()
    return CBOREncoder(sink: sink, codingPath: codingPath).unkeyedContainer()
  }

  mutating func superEncoder() -> any Encoder {
    next()
    return CBOREncoder(sink: sink, codingPath: codingPath)
  }
}

struct CBORSingleWriter: SingleValueEncodingContainer {
  let sink: CBORSink
  let codingPath: [any CodingKey]

  mutating func encodeNil() { sink.bytes.append(CBORMark.null) }
  mutating func encode(_ value: Bool) { sink.bytes.append(value ? CBORMark.yes : CBORMark.no) }
  mutating func encode(_ value: String) { sink.text(value) }
  mutating func encode(_ value: Double) { sink.double(value) }
  mutating func encode(_ value: Float) { sink.double(Double(value)) }
  mutating func encode(_ value: Int) { sink.integer(value) }
  mutating func encode(_ value: Int8) { sink.integer(value) }
  mutating func encode(_ value: Int16) { sink.integer(value) }
  mutating func encode(_ value: Int32) { sink.integer(value) }
  mutating func encode(_ value: Int64) { sink.integer(value) }
  mutating func encode(_ value: UInt) { sink.integer(value) }
  mutating func encode(_ value: UInt8) { sink.integer(value) }
  mutating func encode(_ value: UInt16) { sink.integer(value) }
  mutating func encode(_ value: UInt32) { sink.integer(value) }
  mutating func encode(_ value: UInt64) { sink.integer(value) }
  mutating func encode<T: Encodable>(_ value: T) throws { try sink.write(value, path: codingPath) }
}
