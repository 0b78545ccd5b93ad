import BPF

/// Writes a C struct or union as a Swift struct of the same layout.
///
/// Where Swift would lay out the members as C does, with padding made explicit, they are stored properties. Unions,
/// bit-fields, packed structs and anonymous members are memory with computed properties over it.
struct StructWriter {
  let name: String
  let type: BTFType
  let hint: String

  /// A member with a name, those of anonymous structs and unions included.
  private struct Member {
    var cName: String
    var property: String
    var bitOffset: Int
    /// 0 for an ordinary member.
    var bits: Int
    var type: SwiftType
    var declaration: String

    var offset: Int { bitOffset / 8 }
    var documentation: String { "/// `\(declaration)` at \(bits > 0 ? "bit \(bitOffset)" : "byte \(offset)")." }
  }

  func write(_ table: inout TypeTable) -> (SwiftType, [String]) {
    var taken: Set<String> = ["memory", "hashValue"]
    var isPlain = true
    var members: [Member] = []
    collect(type, base: 0, depth: 0, &members, &taken, &isPlain, &table)
    if case .union = type.kind { isPlain = false }
    let size = type.size
    // Swift puts a member at the next multiple of its alignment, as C does unless a struct is packed.
    var end = 0
    for member in members {
      if member.bits > 0 || member.offset < end || member.offset % member.type.alignment != 0 { isPlain = false }
      end = member.offset + member.type.size
    }
    let alignment = isPlain ? members.map(\.type.alignment).max() ?? 1 : 1
    if members.isEmpty || end > size || size % alignment != 0 { isPlain = false }
    let result = SwiftType(name: name, size: size, alignment: isPlain ? alignment : 1, zero: "\(name)()")
    var lines = [
      "/// `\(type.declaration)`, \(size) bytes.",
      "public struct \(name): BitwiseCopyable, Hashable, Sendable {",
    ]
    lines += isPlain ? stored(members, size, &taken) : computed(members, size)
    return (result, lines + ["}"])
  }

  private func collect(
    _ type: BTFType, base: Int, depth: Int, _ members: inout [Member], _ taken: inout Set<String>,
    _ isPlain: inout Bool, _ table: inout TypeTable
  ) {
    for member in type.members {
      let inner = type.type(of: member)
      let offset = base + member.bitOffset
      if member.name.isEmpty {
        isPlain = false
        if depth < 16 { collect(inner, base: offset, depth: depth + 1, &members, &taken, &isPlain, &table) }
        continue
      }
      let bits = member.bitFieldSize
      // Beyond the struct reaches only what damaged BTF says.
      guard inner.size <= self.type.size, offset >= 0, bits <= 64 else { continue }
      let width = bits > 0 ? bits : inner.size * 8
      guard width > 0, offset + width <= self.type.size * 8, bits > 0 || offset % 8 == 0 else { continue }
      var swift = table.type(of: inner, hint: hint + "_" + member.name)
      if bits > 0 {
        // A bit-field is a number, of an enum's width too.
        swift = SwiftType(name: inner.isSigned ? "Int64" : "UInt64", size: 8, alignment: 8, zero: "0")
      }
      members.append(
        Member(
          cName: member.name, property: SwiftNames.unique(SwiftNames.property(member.name), &taken), bitOffset: offset,
          bits: bits, type: swift, declaration: "\(inner.declaration) \(member.name)"))
    }
  }

  /// Gaps get names that no member has.
  private func stored(_ members: [Member], _ size: Int, _ taken: inout Set<String>) -> [String] {
    var lines: [String] = []
    var (end, gaps) = (0, 0)
    func pad(to offset: Int) {
      guard offset > end else { return }
      let bytes = SwiftType.bytes(offset - end)
      let name = SwiftNames.unique("padding\(gaps)", &taken)
      lines.append("  private var \(name): \(bytes.name) = \(bytes.zero)")
      gaps += 1
    }
    for member in members {
      pad(to: member.offset)
      lines.append("  \(member.documentation)")
      lines.append("  public var \(member.property): \(member.type.name)")
      end = member.offset + member.type.size
    }
    pad(to: size)
    return lines + initializer(members)
  }

  private func computed(_ members: [Member], _ size: Int) -> [String] {
    let bytes = SwiftType.bytes(size)
    var lines = ["  private var memory: \(bytes.name) = \(bytes.zero)"]
    for member in members {
      lines.append("  \(member.documentation)")
      lines.append("  public var \(member.property): \(member.type.name) {")
      if member.bits > 0 {
        let place = "at: \(member.bitOffset), count: \(member.bits)"
        lines.append("    get { BPFTesting.Layout.loadBits(from: memory, \(place)) }")
        lines.append("    set { BPFTesting.Layout.storeBits(newValue, to: &memory, \(place)) }")
      } else {
        lines.append("    get { BPFTesting.Layout.load(from: memory, at: \(member.offset)) }")
        lines.append("    set { BPFTesting.Layout.store(newValue, to: &memory, at: \(member.offset)) }")
      }
      lines.append("  }")
    }
    // Members of a union overwrite each other: which one is meant is said by assigning it.
    var overlaps = false
    var end = 0
    for member in members {
      overlaps = overlaps || member.bitOffset < end
      end = max(end, member.bitOffset + (member.bits > 0 ? member.bits : member.type.size * 8))
    }
    return lines + (overlaps || members.isEmpty ? ["  public init() {}"] : initializer(members))
  }

  private func initializer(_ members: [Member]) -> [String] {
    let parameters = members.map { "\($0.property): \($0.type.name) = \($0.type.zero)" }
    return ["  public init(\(parameters.joined(separator: ", "))) {"]
      + members.map { "    self.\($0.property) = \($0.property)" } + ["  }"]
  }
}
