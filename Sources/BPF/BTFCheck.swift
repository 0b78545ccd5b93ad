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
      check.complaint() ?? check.cycle(of: check.leading).map { "type \($0) of its BTF leads to itself" }
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
    return cycle(of: inside).map { "type \($0) of its BTF contains itself" }
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
    var why: String?
    forEachReference(start) { target, role in
      guard why == nil else { return }
      guard target < starts.count else {
        why = "refers to type \(target), and there are \(starts.count)"
        return
      }
      let other = target == 0 ? BTFKindNumber.void : self.kind(starts[target])
      if !role.allows(other) { why = "refers to type \(target), which is of the wrong kind" }
    }
    return why
  }

  private func hasString(_ offset: UInt32) -> Bool { Int(offset) < strings.count }

  /// The types that a record refers to, and as what.
  private func forEachReference(_ start: Int, _ body: (Int, BTFRole) -> Void) {
    func at(_ place: Int) -> Int { Int(word(start + place)) }
    let kind = kind(start)
    switch kind {
    case .array:
      body(at(12), .part)
      body(at(16), .pointee)
    case .structure, .union:
      for item in 0..<count(start) { body(at(16 + item * 12), .part) }
    case .typedef, .volatile, .const, .restrict, .typeTag: body(at(8), .alias)
    case .pointer: body(at(8), .pointee)
    case .function: body(at(8), .prototype)
    case .prototype:
      body(at(8), .pointee)
      for item in 0..<count(start) { body(at(16 + item * 8), .pointee) }
    case .variable: body(at(8), .part)
    case .section:
      for item in 0..<count(start) { body(at(12 + item * 12), .variable) }
    case .declarationTag: body(at(8), .any)
    default: break
    }
  }

  /// The type at that place among those that lie inside a type: members, an element, what is behind another name. What
  /// pointers lead to doesn't. `nil` behind the last.
  private func inside(_ start: Int, _ place: Int) -> Int? {
    switch kind(start) {
    case .structure, .union: place < count(start) ? Int(word(start + 16 + place * 12)) : nil
    case .array: place == 0 ? Int(word(start + 12)) : nil
    case .typedef, .volatile, .const, .restrict, .typeTag, .variable: place == 0 ? Int(word(start + 8)) : nil
    default: nil
    }
  }

  /// The type at that place among all that a type refers to, as `inside`; but structs with a name refer to nothing.
  private func leading(_ start: Int, _ place: Int) -> Int? {
    switch kind(start) {
    case .structure, .union: word(start) == 0 ? inside(start, place) : nil
    case .pointer: place == 0 ? Int(word(start + 8)) : nil
    case .prototype where place == 0: Int(word(start + 8))
    case .prototype: place <= count(start) ? Int(word(start + 8 + place * 8)) : nil
    default: inside(start, place)
    }
  }

  /// A type that such steps lead back to; `nil` when there is none.
  private func cycle(of step: (_ start: Int, _ place: Int) -> Int?) -> Int? {
    // 0 not seen, 1 being looked into, 2 done.
    var state = [UInt8](repeating: 0, count: starts.count)
    var stack: [(id: Int, next: Int)] = []
    for root in starts.indices.dropFirst() where state[root] == 0 {
      state[root] = 1
      stack.append((root, 0))
      while let top = stack.last {
        guard let target = step(starts[top.id], top.next) else {
          state[top.id] = 2
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].next += 1
        if target == 0 || state[target] == 2 { continue }
        if state[target] == 1 { return target }
        state[target] = 1
        stack.append((target, 0))
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
