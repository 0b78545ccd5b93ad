/// Reads values from a payload that may be anything: it never goes beyond the end, and never traps.
///
/// A fault doesn't stop the reading, it ends the payload: all that is asked for after it is 0, empty or missing, and
/// `finish` tells. So those who read have nothing to check and nothing to undo, which makes for half the code.
/// Positions and counts are never beyond `size`, so that sums of them can't overflow (`&+`).
struct WireReader {
  /// How far values may hold others of their kind. Maps are in maps only once, the kernel says.
  static let maximumDepth = 16

  private let payload: UnsafeRawPointer
  private let size: Int
  /// At most `size`.
  private(set) var position = 0
  private(set) var hasFailed = false
  /// The first thing that was wrong.
  private var fault: WireFault?
  private var depth = 0

  /// The payload, of so many bytes, must outlive the reader.
  private init(_ payload: UnsafeRawPointer, size: Int) {
    self.payload = payload
    self.size = size
  }

  /// Reads a payload that is one value and nothing else.
  static func read<Value: WireValue>(_ type: Value.Type, from payload: [UInt8]) throws(WireFault) -> Value {
    var fault: WireFault?
    let value = payload.withUnsafeBytes { bytes -> Value? in
      guard let start = bytes.baseAddress else { return nil }
      var wire = WireReader(start, size: bytes.count)
      let value = Value(from: &wire)
      fault = wire.finish()
      return value
    }
    guard let value, fault == nil else { throw fault ?? WireFault(problem: .endsTooEarly, offset: 0) }
    return value
  }

  /// What was wrong, bytes left over included.
  private mutating func finish() -> WireFault? {
    if position < size { fail(.tooLong(size - position)) }
    return fault
  }

  /// Notes the first fault, here or at the byte named.
  @inline(never)
  mutating func fail(_ problem: WireFault.Problem, at offset: Int? = nil) {
    if !hasFailed { fault = WireFault(problem: problem, offset: offset ?? position) }
    hasFailed = true
    position = size
  }

  /// Any value, by its type.
  @inline(__always)
  mutating func read<Value: WireValue>() -> Value { Value(from: &self) }

  // MARK: - Pieces

  /// One byte; the tag of an enumeration's case. 0 after a fault.
  @inline(never)
  mutating func byte() -> UInt8 {
    guard position < size else {
      fail(.endsTooEarly)
      return 0
    }
    let byte = payload.load(fromByteOffset: position, as: UInt8.self)
    position &+= 1
    return byte
  }

  /// The tag that `byte` has just returned is none of this type's.
  @inline(never)
  mutating func refuseTag(of type: String) {
    guard !hasFailed else { return }
    fail(.unknownCase(payload.load(fromByteOffset: position - 1, as: UInt8.self), of: type), at: position - 1)
  }

  @inline(never)
  mutating func bool() -> Bool {
    let byte = byte()
    if byte > 1 { fail(.notABoolean(byte), at: position - 1) }
    return byte == 1
  }

  /// LEB128, of which one byte is enough for most.
  @inline(never)
  mutating func number() -> UInt64 {
    let first = byte()
    if first < 0x80 { return UInt64(first) }
    var number = UInt64(first & 0x7f)
    var shift: UInt64 = 7
    while position < size {
      let byte = payload.load(fromByteOffset: position, as: UInt8.self)
      // Of the tenth byte there is room for one bit.
      if shift == 63, byte > 1 {
        fail(.doesNotFit)
        return 0
      }
      position &+= 1
      number |= UInt64(byte & 0x7f) &<< shift
      if byte < 0x80 { return number }
      shift &+= 7
    }
    fail(.endsTooEarly)
    return 0
  }

  @inline(never)
  mutating func number(atMost limit: UInt64) -> UInt64 {
    let start = position
    let number = number()
    guard number <= limit else {
      fail(.doesNotFit, at: start)
      return 0
    }
    return number
  }

  /// How many follow, of things that take a byte or more. What is to hold them is no bigger than the payload allows.
  @inline(never)
  mutating func count() -> Int {
    let start = position
    let count = number()
    guard count <= UInt64(size &- position) else {
      fail(.tooMany(count), at: start)
      return 0
    }
    return Int(truncatingIfNeeded: count)
  }

  /// Eight bytes, little endian.
  @inline(never)
  mutating func word() -> UInt64 {
    guard size &- position >= 8 else {
      fail(.endsTooEarly)
      return 0
    }
    defer { position &+= 8 }
    return UInt64(littleEndian: payload.loadUnaligned(fromByteOffset: position, as: UInt64.self))
  }

  @inline(never)
  mutating func bytes() -> [UInt8] {
    let count = count()
    guard count > 0 else { return [] }
    defer { position &+= count }
    return [UInt8](UnsafeRawBufferPointer(start: payload + position, count: count))
  }

  /// What isn't UTF-8 is repaired: the frame's checksum has vouched for the bytes, and no text is worth a lost test.
  @inline(never)
  mutating func text() -> String {
    let count = count()
    guard count > 0 else { return "" }
    defer { position &+= count }
    return String(decoding: UnsafeRawBufferPointer(start: payload + position, count: count), as: UTF8.self)
  }

  // MARK: - Depth

  /// Before a value is read that may hold others of the kind, and `ascend` after it; if it says no, that is a fault.
  mutating func descend() -> Bool {
    guard depth < Self.maximumDepth else {
      fail(.tooDeep)
      return false
    }
    depth += 1
    return true
  }

  mutating func ascend() { depth -= 1 }
}
