/// Looks at an object's BTF before libbpf does, which takes ids of types and offsets of names as they come (before 1.3 at
/// the least, btf.c: `btf_sanity_check`) and reads through null pointers, or round in circles, where they are wrong.
///
/// Works on the raw bytes (include/uapi/linux/btf.h), since every object that is opened pays for it.
struct BTFCheck {
  private let bytes: UnsafeRawBufferPointer
  private let types: Range<Int>
  private let strings: Range<Int>
  /// Where each type's record begins, by id; id 0 is `void`.
  private var starts: [Int] = [0]

  /// What is wrong with the blob, in words; `nil` when nothing is.
  static func complaint(_ blob: ArraySlice<UInt8>) -> String? {
    complaint(blob) { check in check.complaint() }
  }

  /// What keeps libbpf from writing the types as C, besides that. It breaks off at structs with a name, which a pointer
  /// may lead back to, and follows everything else to its end (btf_dump.c: `btf_dump_order_type`,
  /// `btf_dump_emit_type_chain`).
  static func complaintBeforeDumping(_ blob: ArraySlice<UInt8>) -> String? {
    complaint(blob) { check in
      if let why = check.complaint() { return why }
      return check.tangle("leads to") { start, _ in !check.isNamed(start) }
    }
  }

  private static func complaint(_ blob: ArraySlice<UInt8>, _ find: (inout BTFCheck) -> String?) -> String? {
    blob.withUnsafeBytes { bytes in
      guard var check = BTFCheck(bytes) else { return "its BTF has a header that doesn't fit it" }
      return find(&check)
    }
  }

  private init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 24, bytes[0] == 0x9f, bytes[1] == 0xeb else { return nil }
    self.bytes = bytes
    func word(_ at: Int) -> Int { Int(bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self)) }
    let header = word(4)
    types = (header + word(8))..<(header + word(8) + word(12))
    strings = (header + word(16))..<(header + word(16) + word(20))
    // libbpf wants the strings behind the types, the first of them empty and the last one ended.
    guard header >= 24, word(8) % 4 == 0, types.upperBound <= strings.lowerBound, strings.upperBound <= bytes.count,
      !strings.isEmpty, bytes[strings.lowerBound] == 0, bytes[strings.upperBound - 1] == 0
    else { return nil }
  }

  private func word(_ at: Int) -> UInt32 { bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self) }
  private func kind(_ start: Int) -> BTFKindNumber { BTFKindNumber(rawValue: word(start + 4) >> 24 & 0x1f) }
  private func count(_ start: Int) -> Int { Int(word(start + 4) & 0xffff) }

  private mutating func complaint() -> String? {
    var position = types.lowerBound
    // No record is shorter than twelve bytes.
    starts.reserveCapacity(1 + types.count / 12)
    while position < types.upperBound {
      guard position + 12 <= types.upperBound, let size = kind(position).size(count(position)),
        position + size <= types.upperBound
      else { return "type \(starts.count) of its BTF is of an unknown kind, or cut short" }
      starts.append(position)
      position += size
    }
    for id in starts.indices.dropFirst() {
      if let why = complaint(about: id) { return "type \(id) of its BTF \(why)" }
    }
    return tangle("contains") { _, role in role.isInside }
  }

  private func complaint(about id: Int) -> String? {
    let start = starts[id]
    let kind = kind(start)
    guard hasString(word(start)) else { return "has a name outside the strings" }
    // As the parser and the kernel have it (kernel/bpf/btf.c: `btf_int_check_meta`).
    if kind == .integer, !(1...16).contains(word(start + 8)) { return "is an integer of \(word(start + 8)) bytes" }
    let width = kind.itemWidth
    for item in 0..<(width > 0 ? count(start) : 0) where kind.itemsHaveNames {
      guard hasString(word(start + 12 + item * width)) else { return "has a member with a name outside the strings" }
    }
    var place = 0
    while let (target, role) = reference(start, place) {
      guard target < starts.count else { return "refers to type \(target), and there are \(starts.count)" }
      let other = target == 0 ? BTFKindNumber.void : self.kind(starts[target])
      guard role.allows(other) else { return "refers to type \(target), which is of the wrong kind" }
      place += 1
    }
    return nil
  }

  private func hasString(_ offset: UInt32) -> Bool { Int(offset) < strings.count }

  /// The type at that place among those that a record refers to, and as what; `nil` behind the last.
  private func reference(_ start: Int, _ place: Int) -> (target: Int, role: BTFRole)? {
    func at(_ offset: Int, _ role: BTFRole) -> (Int, BTFRole) { (Int(word(start + offset)), role) }
    switch kind(start) {
    case .structure, .union: return place < count(start) ? at(16 + place * 12, .part) : nil
    case .section: return place < count(start) ? at(12 + place * 12, .variable) : nil
    case .prototype: return place <= count(start) ? at(8 + place * 8, .pointee) : nil
    case .array: return place == 0 ? at(12, .part) : place == 1 ? at(16, .pointee) : nil
    case .typedef, .volatile, .const, .restrict, .typeTag: return place == 0 ? at(8, .alias) : nil
    case .pointer: return place == 0 ? at(8, .pointee) : nil
    case .function: return place == 0 ? at(8, .prototype) : nil
    case .variable: return place == 0 ? at(8, .part) : nil
    case .declarationTag: return place == 0 ? at(8, .any) : nil
    default: return nil
    }
  }

  /// Whether a record is a struct or union with a name.
  private func isNamed(_ start: Int) -> Bool {
    let kind = kind(start)
    return (kind == .structure || kind == .union) && word(start) != 0
  }

  /// How many types may lie one in the other, or behind it: libbpf goes through them by calling itself.
  static let mostNested: UInt16 = 1000

  /// What is wrong with a type that leads back to itself through such references, or to too many others one behind the
  /// other; `nil` when none does.
  private func tangle(_ verb: String, _ isFollowed: (_ start: Int, _ role: BTFRole) -> Bool) -> String? {
    // How deep what lies behind each type is: 0 not seen.
    let unfinished = UInt16.max
    var depths = [UInt16](repeating: 0, count: starts.count)
    var stack: [(id: Int, next: Int, depth: UInt16)] = []
    stack.reserveCapacity(32)
    for root in starts.indices.dropFirst() where depths[root] == 0 {
      depths[root] = unfinished
      stack.append((root, 0, 0))
      while let (id, next, depth) = stack.last {
        guard let (target, role) = reference(starts[id], next) else {
          guard depth < Self.mostNested else { return "type \(id) of its BTF \(verb) too many others" }
          depths[id] = depth + 1
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].next += 1
        if target == 0 || !isFollowed(starts[id], role) { continue }
        switch depths[target] {
        case 0:
          // Looked at once more when it is done.
          stack[stack.count - 1].next = next
          depths[target] = unfinished
          stack.append((target, 0, 0))
        case unfinished: return "type \(target) of its BTF \(verb) itself"
        case let known: stack[stack.count - 1].depth = max(depth, known)
        }
      }
    }
    return nil
  }
}

/// What a type is to one that refers to it.
private enum BTFRole {
  /// It lies inside: a member, an element, a variable's type.
  case part
  /// It is another name, or `const` and such.
  case alias
  case pointee, prototype, variable, any

  var isInside: Bool { self == .part || self == .alias }

  func allows(_ kind: BTFKindNumber) -> Bool {
    switch self {
    case .prototype: kind == .prototype
    case .variable: kind == .variable || kind == .function
    case .any: true
    // A type of values: a declaration's own records are none.
    case .part, .alias, .pointee: ![.function, .variable, .section, .declarationTag].contains(kind)
    }
  }
}
