/// The programs that an object's prog arrays hold from the start (`.values`), found in the ELF file's relocations of the
/// section `.maps`: libbpf doesn't tell, and refuses to load the object (`EBADF`) unless they are loaded too.
public enum InitialPrograms {
  /// Names of functions, in order; none when the object can't be read.
  public static func names(in object: [UInt8]) -> [String] {
    guard let elf = ELFView(object), let values = elf.initialValues else { return [] }
    return (0..<(values.size / 16)).compactMap { elf.function(ofValue: $0, in: values) }
  }

  /// The object without these programs in its prog arrays, where the kernel refuses them: their places stay empty, or are
  /// filled with what another place holds anyway.
  static func leavingOut(_ programs: Set<String>, in object: [UInt8]) -> [UInt8] {
    guard !programs.isEmpty, let elf = ELFView(object), let values = elf.initialValues else { return object }
    let entries = 0..<(values.size / 16)
    let isOut = entries.map { elf.function(ofValue: $0, in: values).map(programs.contains) ?? false }
    var patched = object
    guard let stays = isOut.firstIndex(of: false) else {
      // All of them go: the section of relocations becomes empty (`sh_size`, 32 bytes into its header).
      guard let header = elf.header(of: values) else { return object }
      patched.replaceSubrange(header + 32..<header + 40, with: [UInt8](repeating: 0, count: 8))
      return patched
    }
    for entry in entries where isOut[entry] {
      let (from, to) = (values.offset + stays * 16, values.offset + entry * 16)
      patched.replaceSubrange(to..<to + 16, with: object[from..<from + 16])
    }
    return patched
  }
}

extension ELFView {
  /// The relocations of the section of maps. SHT_REL is 9.
  fileprivate var initialValues: Section? { section(named: ".rel.maps").flatMap { $0.type == 9 ? $0 : nil } }

  /// The function that stands there; `nil` for a map. An entry has 16 bytes: where, and the symbol's number over the kind of
  /// relocation.
  fileprivate func function(ofValue entry: Int, in values: Section) -> String? {
    guard let symbols = linked(values), let strings = linked(symbols) else { return nil }
    let symbol = number(values.offset + entry * 16 + 12, 4)
    let at = symbols.offset + symbol * 24
    // STT_FUNC is 2.
    guard symbol < symbols.size / 24, number(at + 4, 1) & 15 == 2 else { return nil }
    return name(strings.offset, number(at, 4))
  }

  /// Where the section's header is in the file.
  fileprivate func header(of section: Section) -> Int? {
    sections.firstIndex { $0.offset == section.offset && $0.type == section.type && $0.size == section.size }
      .map { number(40, 8) + $0 * 64 }
  }
}
