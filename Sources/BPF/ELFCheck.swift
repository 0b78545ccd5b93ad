/// Looks at an object before libbpf does, so that what can't be one is refused in words.
///
/// Layout: System V ABI, "ELF-64 Object File Format"; `EM_BPF` is 247 (include/uapi/linux/elf-em.h).
struct ELFCheck {
  private let bytes: [UInt8]

  /// Throws `BPFError.Code.badObject` unless the bytes are a whole 64-bit little-endian BPF object with BTF.
  static func check(_ bytes: [UInt8], name: String) throws(BPFError) {
    if let why = ELFCheck(bytes: bytes).complaint() {
      throw BPFError(.badObject, operation: "opening object `\(name)`", detail: why)
    }
  }

  private func number(_ offset: Int, _ width: Int) -> UInt64 {
    guard offset >= 0, offset + width <= bytes.count else { return 0 }
    return bytes.withUnsafeBytes { bytes in
      switch width {
      case 2: UInt64(bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
      case 4: UInt64(bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
      default: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      }
    }
  }

  private func complaint() -> String? {
    if bytes.isEmpty { return "the file is empty" }
    guard bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46]) else {
      return "it is not an ELF file (a BPF object is what `clang -target bpf -c` writes)"
    }
    guard bytes.count >= 64 else { return "it is truncated: \(bytes.count) bytes, where an ELF header takes 64" }
    guard bytes[4] == 2 else { return "it is a 32-bit ELF file; BPF objects are 64-bit" }
    guard bytes[5] == 1 else { return "it is of the other byte order (compile with -target bpfel)" }
    let machine = number(18, 2)
    guard machine == 247 else {
      return "it is an ELF file for machine \(machine), not for BPF (compile with -target bpf)"
    }
    guard number(16, 2) == 1 else { return "it is not a relocatable object (ELF type \(number(16, 2)))" }
    return sectionComplaint()
  }

  /// Each section must lie inside the file, and `.BTF` must be one of them.
  private func sectionComplaint() -> String? {
    let table = number(40, 8)
    let count = number(60, 2)
    let size = number(58, 2)
    let end = UInt64(bytes.count)
    guard count > 0 else { return "it has no sections" }
    guard size == 64, table <= end, count * 64 <= end - table else {
      return "it is truncated: its section headers lie outside its \(bytes.count) bytes"
    }
    let namesIndex = number(62, 2)
    guard namesIndex < count else { return "it is damaged: its section names are in a section that isn't there" }
    func section(_ index: UInt64) -> (name: UInt64, type: UInt64, offset: UInt64, size: UInt64) {
      let base = Int(table + index * 64)
      return (number(base, 4), number(base + 4, 4), number(base + 24, 8), number(base + 32, 8))
    }
    let names = section(namesIndex)
    guard names.offset <= end, names.size <= end - names.offset, names.size > 0,
      bytes[Int(names.offset + names.size - 1)] == 0
    else { return "it is damaged: its section names don't end" }
    var types: ArraySlice<UInt8>?
    for index in 0..<count {
      let header = section(index)
      let isInFile = header.type != 8 && header.type != 0  // SHT_NOBITS and SHT_NULL take no bytes
      guard !isInFile || (header.offset <= end && header.size <= end - header.offset) else {
        return "it is truncated: section \(index) reaches to byte \(header.offset &+ header.size) of \(bytes.count)"
      }
      guard header.name < names.size else {
        return "it is damaged: the name of section \(index) lies outside the file"
      }
      let start = Int(names.offset + header.name)
      let stop = Int(names.offset + names.size)
      if bytes[start..<stop].prefix(while: { $0 != 0 }).elementsEqual(".BTF".utf8), isInFile {
        types = bytes[Int(header.offset)..<Int(header.offset + header.size)]
      }
      if header.type == 2, let why = symbolComplaint(at: Int(table + index * 64), sections: count, table: table) {
        return why
      }
    }
    guard let types else { return "it has no BTF, which names and types are read from (compile with -g)" }
    return BTFCheck.complaint(types).map { "it is damaged: \($0)" }
  }

  /// Each symbol (24 bytes, `SHT_SYMTAB` is 2) must have its name in the strings that the section is linked to: libbpf
  /// looks some of them up without a doubt (libbpf.c: `find_extern_btf_id`).
  private func symbolComplaint(at header: Int, sections: UInt64, table: UInt64) -> String? {
    let (offset, size, link) = (number(header + 24, 8), number(header + 32, 8), number(header + 40, 4))
    guard link < sections else { return "it is damaged: its symbols' names are in a section that isn't there" }
    let strings = Int(table + link * 64)
    let (start, length) = (number(strings + 24, 8), number(strings + 32, 8))
    let end = UInt64(bytes.count)
    guard number(strings + 4, 4) != 8, start <= end, length <= end - start, length > 0,
      bytes[Int(start + length - 1)] == 0
    else { return "it is damaged: its symbols' names don't end" }
    for symbol in 0..<(size / 24) where number(Int(offset + symbol * 24), 4) >= length {
      return "it is damaged: the name of symbol \(symbol) lies outside the file"
    }
    return nil
  }
}
