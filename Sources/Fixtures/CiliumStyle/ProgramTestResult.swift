/// What a check program has written into `suite_result_map`: a message of Protocol Buffers, as `bpf/tests/bpftest/trf.proto`
/// of Cilium describes it, with zeros behind it.
struct ProgramTestResult: Sendable {
  /// How a test, or a part of one, went. The numbers were 0 to 3 before 2022, and are 100 to 103 since, so that they differ
  /// from what programs under test return.
  enum Status: Sendable {
    case error, pass, fail, skip

    init?(_ number: UInt64) {
      switch number {
      case 0, 100: self = .error
      case 1, 101: self = .pass
      case 2, 102: self = .fail
      case 3, 103: self = .skip
      default: return nil
      }
    }

    /// As the macros call it.
    var name: String {
      switch self {
      case .error: "TEST_ERROR"
      case .pass: "TEST_PASS"
      case .fail: "TEST_FAIL"
      case .skip: "TEST_SKIP"
      }
    }
  }

  /// A `TEST("name", { … })` within a check.
  struct Part: Sendable {
    var name = ""
    var status: UInt64 = 0
    var log: [String] = []
  }

  var parts: [Part] = []
  /// What was logged outside of parts.
  var log: [String] = []
  /// Whether the message ends where it makes no sense any more: a log that was too long for its length.
  var isBroken = false

  /// Fields: 1 is a part (1 name, 2 status, 3 log), 2 a log (1 format, 2 arguments).
  init(_ bytes: [UInt8]) {
    var reader = ProtobufReader(bytes[...], logs: 2)
    while let field = reader.next() {
      switch (field.number, field.value) {
      case (1, .bytes(let bytes)):
        var part = Part()
        var inner = ProtobufReader(bytes, logs: 3)
        while let field = inner.next() {
          switch (field.number, field.value) {
          case (1, .bytes(let text)): part.name = Self.text(text)
          case (2, .number(let number)): part.status = number
          case (3, .bytes(let log)): part.log.append(Self.line(log))
          default: break
          }
        }
        if inner.isBroken { isBroken = true }
        parts.append(part)
      case (2, .bytes(let bytes)): log.append(Self.line(bytes))
      default: break
      }
    }
    if reader.isBroken { isBroken = true }
  }

  /// A C string.
  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  /// A format, and the arguments put into it as bpf_trace_printk would.
  private static func line(_ bytes: ArraySlice<UInt8>) -> String {
    var format = ""
    var arguments: [UInt64] = []
    var reader = ProtobufReader(bytes, logs: 1)
    while let field = reader.next() {
      switch (field.number, field.value) {
      case (1, .bytes(let bytes)): format = text(bytes)
      case (2, .number(let number)): arguments.append(number)
      default: break
      }
    }
    return Self.format(format, arguments)
  }

  static func format(_ format: String, _ arguments: [UInt64]) -> String {
    var result = ""
    var rest = Substring(format)
    var next = arguments[...]
    while let start = rest.firstIndex(of: "%") {
      result += rest[..<start]
      rest = rest[rest.index(after: start)...]
      if rest.first == "%" {
        result += "%"
        rest = rest.dropFirst()
        continue
      }
      let longs = rest.prefix { $0 == "l" }
      rest = rest.dropFirst(longs.count)
      guard let kind = rest.first, "diuxp".contains(kind) else {
        result += "%\(longs)"
        continue
      }
      rest = rest.dropFirst()
      guard let argument = next.popFirst() else {
        result += "%\(longs)\(kind) (no argument)"
        continue
      }
      let isWide = !longs.isEmpty || kind == "p"
      switch kind {
      case "d", "i":
        result += isWide ? "\(Int64(bitPattern: argument))" : "\(Int32(truncatingIfNeeded: argument))"
      case "u": result += "\(isWide ? argument : argument & 0xffff_ffff)"
      default: result += (kind == "p" ? "0x" : "") + String(isWide ? argument : argument & 0xffff_ffff, radix: 16)
      }
    }
    return result + rest
  }
}

/// Goes through the fields of a message (Protocol Buffers, "Encoding"): a key (number << 3 | kind), then a varint (0), eight
/// bytes (1), or a length and so many bytes (2).
private struct ProtobufReader {
  enum Value {
    case number(UInt64)
    case bytes(ArraySlice<UInt8>)
  }

  private var rest: ArraySlice<UInt8>
  /// The number of the field that holds a log, or the text of one. Its length is a single byte, whatever it is: Cilium's
  /// macros write those of 128 and more as they do smaller ones, which makes another number of it.
  private let logs: UInt64?
  /// Whether it came upon something that is no field.
  private(set) var isBroken = false

  init(_ bytes: ArraySlice<UInt8>, logs: UInt64? = nil) {
    rest = bytes
    self.logs = logs
  }

  /// The next field; `nil` at the end, where zeros begin, and at what is none.
  mutating func next() -> (number: UInt64, value: Value)? {
    guard let first = rest.first, first != 0, !isBroken else { return nil }
    guard let key = varint() else { return broken() }
    switch key & 7 {
    case 0: if let number = varint() { return (key >> 3, .number(number)) }
    case 1:
      if rest.count >= 8 {
        let number = rest.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        rest = rest.dropFirst(8)
        return (key >> 3, .number(number))
      }
    case 2:
      if let length = key >> 3 == logs ? rest.popFirst().map({ UInt64($0) }) : varint(), length <= UInt64(rest.count) {
        let bytes = rest.prefix(Int(length))
        rest = rest.dropFirst(Int(length))
        return (key >> 3, .bytes(bytes))
      }
    default: break
    }
    return broken()
  }

  private mutating func broken() -> (number: UInt64, value: Value)? {
    isBroken = true
    return nil
  }

  /// Seven bits a byte, the lowest first, at most ten bytes.
  private mutating func varint() -> UInt64? {
    var number: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard let byte = rest.popFirst() else { return nil }
      number |= UInt64(byte & 0x7f) << shift
      if byte & 0x80 == 0 { return number }
    }
    return nil
  }
}
