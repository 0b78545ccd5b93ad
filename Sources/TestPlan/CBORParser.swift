/// A CBOR item, taken apart.
indirect enum CBORNode {
  case unsigned(UInt64)
  /// Holds `-1 - argument`, as RFC 8949 does.
  case negative(UInt64)
  case bytes(Range<Int>, of: [UInt8])
  case text(String)
  case array([CBORNode])
  /// In the order they were written, which is nearly always the order they are asked for.
  case map([(key: String, value: CBORNode)])
  case bool(Bool)
  case null
  case double(Double)

  var kind: String {
    switch self {
    case .unsigned, .negative: "an integer"
    case .bytes: "a byte string"
    case .text: "text"
    case .array: "an array"
    case .map: "a map"
    case .bool: "a boolean"
    case .null: "null"
    case .double: "a number"
    }
  }
}

/// Reads one CBOR item from bytes that may be anything.
struct CBORParser {
  private let bytes: [UInt8]
  private var position = 0
  /// Deep enough for any value of ours, shallow enough for any stack.
  private let maximumDepth = 64

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func parse() throws -> CBORNode {
    let node = try item(depth: 0)
    guard position == bytes.count else { throw corrupted("\(bytes.count - position) bytes too many") }
    return node
  }

  private func corrupted(_ what: String) -> DecodingError {
    .dataCorrupted(.init(codingPath: [], debugDescription: "CBOR at byte \(position): \(what)"))
  }

  private mutating func take(_ count: UInt64) throws -> Range<Int> {
    guard count <= UInt64(bytes.count - position) else { throw corrupted("ends too early") }
    let range = position..<(position + Int(count))
    position = range.upperBound
    return range
  }

  private mutating func bigEndian(_ width: UInt64) throws -> UInt64 {
    bytes[try take(width)].reduce(0) { $0 << 8 | UInt64($1) }
  }

  private mutating func item(depth: Int) throws -> CBORNode {
    guard depth < maximumDepth else { throw corrupted("nested too deeply") }
    let initial = bytes[try take(1).lowerBound]
    switch initial {
    case CBORMark.openArray:
      var items: [CBORNode] = []
      while try !closes() { items.append(try item(depth: depth + 1)) }
      return .array(items)
    case CBORMark.openMap:
      var entries: [(key: String, value: CBORNode)] = []
      while try !closes() {
        guard case .text(let key) = try item(depth: depth + 1) else { throw corrupted("a key that is not text") }
        entries.append((key, try item(depth: depth + 1)))
      }
      return .map(entries)
    case CBORMark.no: return .bool(false)
    case CBORMark.yes: return .bool(true)
    case CBORMark.null: return .null
    case CBORMark.double: return .double(Double(bitPattern: try bigEndian(8)))
    default: break
    }
    let argument = try argument(of: initial)
    switch initial & 0xe0 {
    case CBORMajor.unsigned: return .unsigned(argument)
    case CBORMajor.negative: return .negative(argument)
    case CBORMajor.bytes: return .bytes(try take(argument), of: bytes)
    case CBORMajor.text: return .text(String(decoding: bytes[try take(argument)], as: UTF8.self))
    default: throw corrupted("an item of a kind that isn't used here (0x\(String(initial, radix: 16)))")
    }
  }

  private mutating func argument(of initial: UInt8) throws -> UInt64 {
    switch initial & 0x1f {
    case let short where short < 24: UInt64(short)
    case 24: try bigEndian(1)
    case 25: try bigEndian(2)
    case 26: try bigEndian(4)
    case 27: try bigEndian(8)
    default: throw corrupted("a length that isn't allowed (0x\(String(initial, radix: 16)))")
    }
  }

  private mutating func closes() throws -> Bool {
    guard position < bytes.count else { throw corrupted("ends too early") }
    guard bytes[position] == CBORMark.close else { return false }
    position += 1
    return true
  }
}
