/// Reads a BTF blob with every offset checked (layout: include/uapi/linux/btf.h).
struct BTFParser {
  private let bytes: [UInt8]
  private var position: Int
  private let typesEnd: Int
  private let strings: Range<Int>

  init(_ bytes: [UInt8]) throws(BPFError) {
    self.bytes = bytes
    guard bytes.count >= 24 else { throw Self.damaged("only \(bytes.count) bytes, where the header takes 24") }
    func word(_ at: Int) -> Int { (0..<4).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) } }
    guard bytes[0] == 0x9f, bytes[1] == 0xeb else {  // BTF_MAGIC, 0xeB9F
      throw Self.damaged(
        bytes[0] == 0xeb && bytes[1] == 0x9f ? "it is of the other byte order" : "it doesn't begin with BTF's magic")
    }
    let header = word(4)
    let types = (offset: header + word(8), length: word(12))
    let strings = (offset: header + word(16), length: word(20))
    guard types.offset + types.length <= bytes.count, strings.offset + strings.length <= bytes.count else {
      throw Self.damaged("its sections reach beyond its end (\(bytes.count) bytes)")
    }
    self.position = types.offset
    self.typesEnd = types.offset + types.length
    self.strings = strings.offset..<(strings.offset + strings.length)
  }

  private static func damaged(_ why: String) -> BPFError {
    BPFError(.badBTF, operation: "reading BTF", detail: why)
  }

  private mutating func word() throws(BPFError) -> UInt32 {
    guard position + 4 <= typesEnd else { throw Self.damaged("its types end in the middle of one") }
    defer { position += 4 }
    return bytes.withUnsafeBytes { UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: position, as: UInt32.self)) }
  }

  private func string(_ offset: UInt32) throws(BPFError) -> String {
    guard Int(offset) < strings.count else {
      if offset == 0 { return "" }
      throw Self.damaged("a name lies outside its strings (offset \(offset))")
    }
    let start = strings.lowerBound + Int(offset)
    var end = start
    while end < strings.upperBound, bytes[end] != 0 { end += 1 }
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }

  mutating func parse() throws(BPFError) -> [BTFRecord] {
    var records = [BTFRecord(name: "", size: 0, kind: .void)]
    while position < typesEnd { records.append(try record()) }
    let count = records.count
    for (id, record) in records.enumerated() {
      for target in record.kind.references where Int(target) >= count {
        throw Self.damaged("type \(id) refers to type \(target), and there are \(count)")
      }
    }
    return records
  }

  private mutating func record() throws(BPFError) -> BTFRecord {
    let name = try string(try word())
    let info = try word()
    let sizeOrType = try word()
    let count = Int(info & 0xffff)
    let flag = info >> 31 == 1
    var size = Int(sizeOrType)
    let kind: BTFKind
    switch (info >> 24) & 0x1f {
    case 1:
      let encoding = try word()
      let flags = (encoding >> 24) & 0x0f
      kind = .integer(
        bits: Int(encoding & 0xff), offset: Int(encoding >> 16 & 0xff), signed: flags & 1 != 0, char: flags & 2 != 0,
        bool: flags & 4 != 0)
      guard (1...16).contains(size) else { throw Self.damaged("integer `\(name)` has \(size) bytes") }
    case 2:
      kind = .pointer(sizeOrType)
      size = 8
    case 3:
      let element = try word()
      _ = try word()
      kind = .array(element: element, count: Int(try word()))
      size = 0
    case 4: kind = .structure(try members(count, bitFields: flag))
    case 5: kind = .union(try members(count, bitFields: flag))
    case 6: kind = .enumeration(try enumerators(count, signed: flag), signed: flag)
    case 7: kind = .forward
    case 8: kind = .typedef(sizeOrType)
    case 9, 10, 11, 18: kind = .modifier(sizeOrType)
    case 12: kind = .function(prototype: sizeOrType)
    case 13:
      var parameters: [BTFParameter] = []
      for _ in 0..<count { parameters.append(BTFParameter(name: try string(try word()), type: try word())) }
      kind = .prototype(returns: sizeOrType, parameters: parameters)
    case 14:
      _ = try word()
      kind = .variable(sizeOrType)
    case 15:
      var variables: [BTFSectionVariable] = []
      for _ in 0..<count {
        variables.append(BTFSectionVariable(type: try word(), offset: Int(try word()), size: Int(try word())))
      }
      kind = .section(variables)
    case 16: kind = .float
    case 17:
      _ = try word()
      kind = .declarationTag(sizeOrType)
    case 19: kind = .enumeration(try wideEnumerators(count, signed: flag), signed: flag)
    case let unknown: throw Self.damaged("a type of kind \(unknown), which this version doesn't know")
    }
    return BTFRecord(name: name, size: size, kind: kind)
  }

  private mutating func members(_ count: Int, bitFields: Bool) throws(BPFError) -> [BTFMember] {
    var members: [BTFMember] = []
    members.reserveCapacity(count)
    for _ in 0..<count {
      let name = try string(try word())
      let type = try word()
      let offset = try word()
      members.append(
        BTFMember(
          name: name, type: type, bitOffset: Int(bitFields ? offset & 0xff_ffff : offset),
          bitFieldSize: bitFields ? Int(offset >> 24) : 0))
    }
    return members
  }

  private mutating func enumerators(_ count: Int, signed: Bool) throws(BPFError) -> [BTFEnumerator] {
    var result: [BTFEnumerator] = []
    for _ in 0..<count {
      let name = try string(try word())
      let raw = try word()
      result.append(BTFEnumerator(name: name, value: signed ? Int128(Int32(bitPattern: raw)) : Int128(raw)))
    }
    return result
  }

  private mutating func wideEnumerators(_ count: Int, signed: Bool) throws(BPFError) -> [BTFEnumerator] {
    var result: [BTFEnumerator] = []
    for _ in 0..<count {
      let name = try string(try word())
      let low = UInt64(try word())
      let raw = UInt64(try word()) << 32 | low
      result.append(BTFEnumerator(name: name, value: signed ? Int128(Int64(bitPattern: raw)) : Int128(raw)))
    }
    return result
  }
}

extension BTFKind {
  /// Ids of the types that this one refers to.
  var references: [UInt32] {
    switch self {
    case .void, .integer, .enumeration, .forward, .float: []
    case .pointer(let id), .typedef(let id), .modifier(let id), .function(let id), .variable(let id),
      .declarationTag(let id), .array(let id, _):
      [id]
    case .structure(let members), .union(let members): members.map(\.type)
    case .prototype(let returns, let parameters): [returns] + parameters.map(\.type)
    case .section(let variables): variables.map(\.type)
    }
  }
}
