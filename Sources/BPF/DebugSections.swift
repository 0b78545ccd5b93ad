/// Takes the DWARF sections out of an object: libbpf ignores them, and of a program that includes vmlinux.h they are
/// nine tenths, which every micro-VM would be sent.
public enum DebugSections {
  /// The object without the contents of `.debug_*` and their relocations; all sections keep their numbers and names, so
  /// that whatever refers to them stays right. As it was when it can't be read. Layout: System V ABI, ELF-64.
  public static func strip(_ object: [UInt8]) -> [UInt8] { strip(object) { _, _ in false } }

  /// The object also without the contents of other sections.
  static func strip(_ object: [UInt8], _ isUseless: (ELFView.Section, ELFView) -> Bool) -> [UInt8] {
    guard let elf = ELFView(object) else { return object }
    let table = elf.number(40, 8)
    let headers = object[table..<(table + elf.sections.count * 64)]
    var out = Array(object[..<64])
    var moved = Array(headers)
    func put(_ value: Int, at place: Int) {
      for index in 0..<8 { moved[place + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
    }
    for (index, section) in elf.sections.enumerated() where index > 0 {
      // Sixteen bytes satisfy every section of a BPF object.
      while out.count % 16 != 0 { out.append(0) }
      let name = elf.name(of: section)
      let isDebug = name.hasPrefix(".debug_") || name.hasPrefix(".rel.debug_")
      let isEmptied = isDebug || isUseless(section, elf)
      put(out.count, at: index * 64 + 24)
      if isEmptied {
        put(0, at: index * 64 + 32)
      } else if section.size > 0 {
        out += object[section.offset..<(section.offset + section.size)]
      }
    }
    while out.count % 16 != 0 { out.append(0) }
    for byte in 0..<8 { out[40 + byte] = UInt8(truncatingIfNeeded: out.count >> (8 * byte)) }
    return out + moved
  }
}
