/// The programs that an object's prog arrays hold from the start (`.values`), found in the ELF file's relocations of the
/// section `.maps`: libbpf doesn't tell, and refuses to load the object (`EBADF`) unless they are loaded too.
public enum InitialPrograms {
  /// Names of functions, in order; none when the object can't be read.
  public static func names(in object: [UInt8]) -> [String] {
    // SHT_REL is 9.
    guard let elf = ELFView(object), let values = elf.section(named: ".rel.maps"), values.type == 9,
      let symbols = elf.linked(values), let strings = elf.linked(symbols)
    else { return [] }
    // An entry has 16 bytes: where, and the symbol's number over the kind of relocation.
    return (0..<(values.size / 16)).compactMap { entry in
      let symbol = elf.number(values.offset + entry * 16 + 12, 4)
      let at = symbols.offset + symbol * 24
      // STT_FUNC is 2.
      guard symbol < symbols.size / 24, elf.number(at + 4, 1) & 15 == 2 else { return nil }
      return elf.name(strings.offset, elf.number(at, 4))
    }
  }
}
