/// Cuts some types out of a BTF blob, with all that lies inside them, into a blob of their own.
///
/// Works on the raw bytes (layout: include/uapi/linux/btf.h), since a kernel has 150,000 types of which few are wanted.
struct BTFCutter {
  private let bytes: [UInt8]
  private let strings: Range<Int>
  /// Where each type's record begins, by id; id 0, `void`, has none.
  private var starts: [Int] = [0]
  private var kept: [Int: UInt32] = [:]
  private var order: [Int] = []

  init(_ bytes: [UInt8]) throws(BPFError) {
    self.bytes = bytes
    func word(_ at: Int) -> Int { (0..<4).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) } }
    guard bytes.count >= 24, bytes[0] == 0x9f, bytes[1] == 0xeb else { throw Self.damaged("no header") }
    let header = word(4)
    let types = (header + word(8))..<(header + word(8) + word(12))
    let strings = (header + word(16))..<(header + word(16) + word(20))
    guard types.upperBound <= bytes.count, strings.upperBound <= bytes.count, strings.count > 0,
      bytes[strings.upperBound - 1] == 0
    else { throw Self.damaged("its sections reach beyond its end") }
    self.strings = strings
    var position = types.lowerBound
    while position < types.upperBound {
      guard position + 12 <= types.upperBound else { throw Self.damaged("its types end in the middle of one") }
      starts.append(position)
      position += try recordSize(at: position)
    }
    guard position == types.upperBound else { throw Self.damaged("its types end in the middle of one") }
  }

  private static func damaged(_ why: String) -> BPFError {
    BPFError(.badBTF, operation: "reading a kernel's BTF", detail: why)
  }

  private func word(_ at: Int) -> UInt32 {
    bytes.withUnsafeBytes { UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: at, as: UInt32.self)) }
  }

  private func kind(_ start: Int) -> BTFKindNumber { BTFKindNumber(rawValue: word(start + 4) >> 24 & 0x1f) }
  private func count(_ start: Int) -> Int { Int(word(start + 4) & 0xffff) }

  private func recordSize(at start: Int) throws(BPFError) -> Int {
    guard let size = kind(start).size(count(start)) else {
      throw Self.damaged("a type of kind \(kind(start).rawValue), which this version doesn't know")
    }
    return size
  }

  /// The blob of the types that a relocation may start from.
  mutating func cut(_ roots: RelocationRoots) throws(BPFError) -> [UInt8] {
    let wanted = roots.names.map { [UInt8]($0.utf8) }
    let followed = roots.followed.map { [UInt8]($0.utf8) }
    // Named types that a relocation can start from.
    let kinds: Set<BTFKindNumber> = [
      .integer, .structure, .union, .enumeration, .forward, .typedef, .float, .enumeration64,
    ]
    for id in 1..<max(starts.count, 1) where kinds.contains(kind(starts[id])) {
      let name = try string(word(starts[id]))
      guard let first = name.first, wanted.contains(where: { $0.first == first && name.starts(with: $0) }) else {
        continue
      }
      let essential = name.prefix(RelocationRoots.essentialLength(name))
      guard wanted.contains(where: { essential.elementsEqual($0) }) else { continue }
      keep(id)
      if followed.contains(where: { essential.elementsEqual($0) }) { try follow(UInt32(id), depth: 0) }
    }
    var next = 0
    while next < order.count {
      for inner in inside(starts[order[next]]) {
        guard Int(inner) < starts.count else { throw Self.damaged("a type refers to one that isn't there") }
        if inner != 0 { keep(Int(inner)) }
      }
      next += 1
    }
    return try write()
  }

  /// Keeps what pointers and prototypes lead to, as far as libbpf goes: to the first struct, union or enum
  /// (relo_core.c: `__bpf_core_types_are_compat`, which goes 32 levels deep).
  private mutating func follow(_ id: UInt32, depth: Int) throws(BPFError) {
    guard depth < 32, id != 0 else { return }
    guard Int(id) < starts.count else { throw Self.damaged("a type refers to one that isn't there") }
    keep(Int(id))
    let start = starts[Int(id)]
    switch kind(start) {
    case .pointer, .typedef, .volatile, .const, .restrict, .typeTag: try follow(word(start + 8), depth: depth + 1)
    case .array: try follow(word(start + 12), depth: depth + 1)
    case .prototype:
      for place in references(start) { try follow(word(start + place), depth: depth + 1) }
    default: break
    }
  }

  private mutating func keep(_ id: Int) {
    guard kept[id] == nil else { return }
    order.append(id)
    kept[id] = UInt32(order.count)
  }

  /// The types that lie inside a type. What a pointer leads to doesn't: relocations of members never follow one.
  private func inside(_ start: Int) -> [UInt32] {
    switch kind(start) {
    case .array: [word(start + 12), word(start + 16)]
    case .structure, .union: (0..<count(start)).map { word(start + 12 + $0 * 12 + 4) }
    case .typedef, .volatile, .const, .restrict, .typeTag: [word(start + 8)]
    default: []
    }
  }

  private func string(_ offset: UInt32) throws(BPFError) -> ArraySlice<UInt8> {
    guard Int(offset) < strings.count else { throw Self.damaged("a name lies outside its strings") }
    let start = strings.lowerBound + Int(offset)
    var end = start
    // The last byte of the strings is 0, as checked.
    while bytes[end] != 0 { end += 1 }
    return bytes[start..<end]
  }

  private func write() throws(BPFError) -> [UInt8] {
    var types: [UInt8] = []
    var text: [UInt8] = [0]
    var offsets: [UInt32: UInt32] = [0: 0]
    func put(_ value: UInt32, at place: Int) {
      for index in 0..<4 { types[place + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * index)) }
    }
    for id in order {
      let start = starts[id]
      let base = types.count
      types += bytes[start..<(start + (try recordSize(at: start)))]
      for place in names(start) {
        let old = word(start + place)
        if offsets[old] == nil {
          offsets[old] = UInt32(text.count)
          text += try string(old)
          text.append(0)
        }
        put(offsets[old] ?? 0, at: base + place)
      }
      for place in references(start) { put(kept[Int(word(start + place))] ?? 0, at: base + place) }
    }
    var out: [UInt8] = [0x9f, 0xeb, 1, 0]
    for value in [24, 0, types.count, types.count, text.count] {
      withUnsafeBytes(of: UInt32(value).littleEndian) { out.append(contentsOf: $0) }
    }
    return out + types + text
  }

  /// Where in a record the offsets of names stand.
  private func names(_ start: Int) -> [Int] {
    let kind = kind(start)
    let step = kind.itemsHaveNames ? kind.itemWidth : 0
    return [0] + (step == 0 ? [] : (0..<count(start)).map { 12 + $0 * step })
  }

  /// Where in a record the ids of types stand; of those that aren't kept, `void` is written.
  private func references(_ start: Int) -> [Int] {
    switch kind(start) {
    case .pointer, .typedef, .volatile, .const, .restrict, .typeTag: [8]
    case .array: [12, 16]
    case .structure, .union: (0..<count(start)).map { 12 + $0 * 12 + 4 }
    case .prototype: [8] + (0..<count(start)).map { 12 + $0 * 8 + 4 }
    default: []
    }
  }
}
