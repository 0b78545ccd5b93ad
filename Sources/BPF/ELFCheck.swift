/// Looks at an object before libbpf does, so that what can't be one is refused in words.
///
/// Layout: System V ABI, "ELF-64 Object File Format"; `EM_BPF` is 247 (include/uapi/linux/elf-em.h).
enum ELFCheck {
  /// Throws `BPFError.Code.badObject` unless the bytes are a whole 64-bit little-endian BPF object, with BTF
  /// where it has maps.
  static func check(_ bytes: [UInt8], name: String) throws(BPFError) {
    if let why = complaint(bytes) { throw BPFError(.badObject, operation: "opening object `\(name)`", detail: why) }
  }

  private static func complaint(_ bytes: [UInt8]) -> String? {
    if bytes.isEmpty { return "the file is empty" }
    guard bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46]) else {
      return "it is not an ELF file (a BPF object is what `clang -target bpf -c` writes)"
    }
    if bytes.count >= 64, let why = identityComplaint(bytes) { return why }
    do throws(ELFView.Damage) {
      let elf = try ELFView(checking: bytes)
      for section in elf.sections where section.type == 2 {
        if let why = symbolComplaint(section, elf) { return why }
      }
      guard let types = elf.contents(of: ".BTF") else {
        guard elf.section(named: ".maps") != nil else { return nil }
        return "it has no BTF, which its maps are defined by (compile with -g)"
      }
      return BTFCheck.complaint(types).map { "it is damaged: \($0)" }
    } catch {
      return error.why
    }
  }

  /// What it is an ELF file of, when it isn't a BPF object.
  private static func identityComplaint(_ bytes: [UInt8]) -> String? {
    guard bytes[4] == 2 else { return "it is a 32-bit ELF file; BPF objects are 64-bit" }
    guard bytes[5] == 1 else { return "it is of the other byte order (compile with -target bpfel)" }
    let machine = Int(bytes[18]) | Int(bytes[19]) << 8
    guard machine == 247 else {
      return "it is an ELF file for machine \(machine), not for BPF (compile with -target bpf)"
    }
    let type = Int(bytes[16]) | Int(bytes[17]) << 8
    return type == 1 ? nil : "it is not a relocatable object (ELF type \(type))"
  }

  /// Each symbol (24 bytes, `SHT_SYMTAB` is 2) must have its name in the strings that the section is linked to: libbpf
  /// looks some of them up without a doubt (libbpf.c: `find_extern_btf_id`).
  private static func symbolComplaint(_ symbols: ELFView.Section, _ elf: ELFView) -> String? {
    guard let strings = elf.linked(symbols) else {
      return "it is damaged: its symbols' names are in a section that isn't there"
    }
    guard elf.endsInZero(strings) else { return "it is damaged: its symbols' names don't end" }
    for symbol in 0..<(symbols.size / 24) where elf.number(symbols.offset + symbol * 24, 4) >= strings.size {
      return "it is damaged: the name of symbol \(symbol) lies outside the file"
    }
    return nil
  }
}
