/// Types for the globals of an object that has no BTF (compiled without `-g`), made of its symbols: a name, a place and a
/// size each. Those of one, two, four or eight bytes are unsigned numbers, others runs of bytes.
enum SymbolTypes {
  static func make(of bytes: [UInt8]) -> BTF {
    var records = [BTFRecord(name: "", size: 0, kind: .void)]
    for (name, size) in [("__u8", 1), ("__u16", 2), ("__u32", 4), ("__u64", 8)] {
      records.append(
        BTFRecord(
          name: name, size: size, kind: .integer(bits: size * 8, offset: 0, signed: false, char: false, bool: false)))
    }
    func add(_ record: BTFRecord) -> UInt32 {
      records.append(record)
      return UInt32(records.count - 1)
    }
    guard let elf = ELFView(bytes), let symbols = elf.sections.first(where: { $0.type == 2 }),
      let names = elf.linked(symbols)
    else { return BTF(records: records) }
    var variables: [Int: [BTFSectionVariable]] = [:]
    for index in 0..<(symbols.size / 24) {
      let at = symbols.offset + index * 24
      let (section, offset, size) = (elf.number(at + 6, 2), elf.number(at + 8, 8), elf.number(at + 16, 8))
      let name = elf.name(names.offset, elf.number(at, 4))
      // Objects (STT_OBJECT, 1) of sections that become maps; names with a dot in front are the compiler's own.
      guard bytes[at + 4] & 15 == 1, elf.sections.indices.contains(section), !name.isEmpty, !name.hasPrefix("."),
        isGlobals(elf.name(of: elf.sections[section])), size > 0, offset >= 0, size <= elf.sections[section].memorySize,
        offset <= elf.sections[section].memorySize - size
      else { continue }
      let number = [1: 1, 2: 2, 4: 3, 8: 4][size].map { UInt32($0) }
      let type = number ?? add(BTFRecord(name: "", size: 0, kind: .array(element: 1, count: size)))
      let variable = add(BTFRecord(name: name, size: 0, kind: .variable(type)))
      variables[section, default: []].append(BTFSectionVariable(type: variable, offset: offset, size: size))
    }
    for (section, variables) in variables.sorted(by: { $0.key < $1.key }) {
      _ = add(
        BTFRecord(
          name: elf.name(of: elf.sections[section]), size: elf.sections[section].memorySize,
          kind: .section(variables.sorted { $0.offset < $1.offset })))
    }
    return BTF(records: records)
  }

  private static func isGlobals(_ section: String) -> Bool {
    [".data", ".bss", ".rodata"].contains { section == $0 || section.hasPrefix("\($0).") }
  }
}
