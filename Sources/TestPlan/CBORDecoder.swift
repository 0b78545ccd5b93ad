/// Codable's view of a CBOR item.
struct CBORDecoder: Decoder {
  let node: CBORNode
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func mismatch<T>(_ type: T.Type) -> DecodingError {
    .typeMismatch(type, .init(codingPath: codingPath, debugDescription: "found \(node.kind)"))
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .map(let entries) = node else { throw mismatch([String: Any].self) }
    return KeyedDecodingContainer(CBORKeyedReader(entries: entries, codingPath: codingPath))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .array(let items) = node else { throw mismatch([Any].self) }
    return CBORUnkeyedReader(items: items, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { CBORSingleReader(decoder: self) }

  func unbox<T: Decodable>(_ type: T.Type) throws -> T {
    if type == Bytes.self {
      guard case .bytes(let range, let all) = node else { throw mismatch(type) }
      // Statically known to be `T` from the test above.
      if let bytes = Bytes([UInt8](all[range])) as? T { return bytes }
    }
    return try T(from: self)
  }

  func integer<T: FixedWidthInteger>(_ type: T.Type) throws -> T {
    let value: T? =
      switch node {
      case .unsigned(let value): T(exactly: value)
      case .negative(let argument): argument > UInt64(Int64.max) ? nil : T(exactly: -1 - Int64(argument))
      default: throw mismatch(type)
      }
    guard let value else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: codingPath, debugDescription: "the integer doesn't fit \(type)"))
    }
    return value
  }
}

struct CBORKeyedReader<Key: CodingKey>: KeyedDecodingContainerProtocol {
  private let entries: [(key: String, value: CBORNode)]
  private let cursor = Cursor()
  let codingPath: [any CodingKey]

  /// Where the last key was found: the next one asked for is most likely the one behind it.
  private final class Cursor {
    var index = 0
  }

  init(entries: [(key: String, value: CBORNode)], codingPath: [any CodingKey]) {
    self.entries = entries
    self.codingPath = codingPath
  }

  var allKeys: [Key] { entries.compactMap { Key(stringValue: $0.key) } }

  private func node(_ key: String) -> CBORNode? {
    for offset in 0..<entries.count {
      var index = cursor.index + offset
      if index >= entries.count { index -= entries.count }
      if entries[index].key == key {
        cursor.index = index
        return entries[index].value
      }
    }
    return nil
  }

  func contains(_ key: Key) -> Bool { node(key.stringValue) != nil }

  private func decoder(_ key: any CodingKey) throws -> CBORDecoder {
    guard let node = node(key.stringValue) else {
      throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "no such key"))
    }
    // The path is left empty on purpose: it would be the dearest part of decoding, and only another bpftest reads it.
    return CBORDecoder(node: node, codingPath: [])
  }

  func decodeNil(forKey key: Key) throws -> Bool {
    if case .null = try decoder(key).node { return true }
    return false
  }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try decoder(key).unbox(type) }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try decoder(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try decoder(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder {
    guard let node = node("super") else {
      throw DecodingError.valueNotFound(
        (any Decoder).self, .init(codingPath: codingPath, debugDescription: "no such key"))
    }
    return CBORDecoder(node: node, codingPath: codingPath)
  }

  func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }
}

struct CBORUnkeyedReader: UnkeyedDecodingContainer {
  let items: [CBORNode]
  let codingPath: [any CodingKey]
  private(set) var currentIndex = 0

  init(items: [CBORNode], codingPath: [any CodingKey]) {
    self.items = items
    self.codingPath = codingPath
  }

  var count: Int? { items.count }
  var isAtEnd: Bool { currentIndex >= items.count }

  private mutating func next() throws -> CBORDecoder {
    guard !isAtEnd else {
      throw DecodingError.valueNotFound(
        Any.self, .init(codingPath: codingPath, debugDescription: "the array ends here"))
    }
    defer { currentIndex += 1 }
    return CBORDecoder(node: items[currentIndex], codingPath: codingPath)
  }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, case .null = items[currentIndex] else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try next().unbox(type) }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> {
    try next().container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }
  mutating func superDecoder() throws -> any Decoder { try next() }
}

struct CBORSingleReader: SingleValueDecodingContainer {
  let decoder: CBORDecoder
  var codingPath: [any CodingKey] { decoder.codingPath }

  func decodeNil() -> Bool {
    if case .null = decoder.node { return true }
    return false
  }

  func decode(_ type: Bool.Type) throws -> Bool {
    guard case .bool(let value) = decoder.node else { throw decoder.mismatch(type) }
    return value
  }

  func decode(_ type: String.Type) throws -> String {
    guard case .text(let value) = decoder.node else { throw decoder.mismatch(type) }
    return value
  }

  func decode(_ type: Double.Type) throws -> Double {
    guard case .double(let value) = decoder.node else { throw decoder.mismatch(type) }
    return value
  }

  func decode(_ type: Float.Type) throws -> Float { Float(try decode(Double.self)) }
  func decode(_ type: Int.Type) throws -> Int { try decoder.integer(type) }
  func decode(_ type: Int8.Type) throws -> Int8 { try decoder.integer(type) }
  func decode(_ type: Int16.Type) throws -> Int16 { try decoder.integer(type) }
  func decode(_ type: Int32.Type) throws -> Int32 { try decoder.integer(type) }
  func decode(_ type: Int64.Type) throws -> Int64 { try decoder.integer(type) }
  func decode(_ type: UInt.Type) throws -> UInt { try decoder.integer(type) }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try decoder.integer(type) }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try decoder.integer(type) }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try decoder.integer(type) }
  func decode(_ type: UInt64.Type) throws -> UInt64 { try decoder.integer(type) }
  func decode<T: Decodable>(_ type: T.Type) throws -> T { try decoder.unbox(type) }
}
