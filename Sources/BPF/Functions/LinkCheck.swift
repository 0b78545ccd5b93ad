/// Looks at an object before libbpf's linker does, which takes more on trust than opening an object does (linker.c of
/// libbpf 1.1): empty sections, sections of symbols, and what `.BTF.ext` refers to.
struct LinkCheck {
  private let elf: ELFView
  /// How many types the object's BTF has, and how many bytes of names.
  private let types: Int
  private let strings: Int

  /// What is wrong with an object that opening it has let pass; `nil` when nothing is.
  static func complaint(_ object: [UInt8]) -> String? {
    guard let elf = ELFView(object), let blob = elf.contents(of: ".BTF"), let btf = try? BTF(parsing: Array(blob))
    else { return "it has no BTF" }
    let check = LinkCheck(elf: elf, types: btf.count, strings: elf.number(blob.startIndex + 20, 4))
    return check.sectionComplaint() ?? check.symbolComplaint() ?? check.extensionComplaint()
  }

  /// Of two empty sections of one name, the linker frees what it holds for them twice (`extend_sec`, which reallocates to no
  /// bytes). Of the programs that are linked with an object, `.text` is empty.
  private func sectionComplaint() -> String? {
    var empty: Set<String> = [".text"]
    for section in elf.sections where section.type == 1 && section.size == 0 {  // SHT_PROGBITS
      let name = elf.name(of: section)
      guard !name.hasPrefix(".debug_") else { continue }
      guard empty.insert(name).inserted else { return "its section `\(name)` is empty" }
    }
    return nil
  }

  private func symbolComplaint() -> String? {
    guard let symbols = elf.sections.first(where: { $0.type == 2 }) else { return "it has no symbols" }  // SHT_SYMTAB
    for index in 0..<(symbols.size / 24) {
      let section = elf.number(symbols.offset + index * 24 + 6, 2)
      // SHN_ABS: of no section.
      guard section < elf.sections.count || section == 0xfff1 else { return "symbol \(index) is in no section" }
    }
    return nil
  }

  /// `struct btf_ext_header`, and behind it records of functions, lines and relocations (Documentation/bpf/btf.rst).
  private func extensionComplaint() -> String? {
    guard let section = elf.contents(of: ".BTF.ext") else { return nil }
    let header = elf.number(section.startIndex + 4, 4)
    // Where the place of each kind of record stands in the header, and what a record has at which of its bytes.
    let kinds = [(8, [4], []), (16, [], [4, 8]), (24, [4], [8])]
    for (field, ids, names) in kinds where field + 8 <= header {
      let start = section.startIndex + header + elf.number(section.startIndex + field, 4)
      let end = min(start + elf.number(section.startIndex + field + 4, 4), section.endIndex)
      let size = elf.number(start, 4)
      var place = start + 4
      while place + 8 <= end {
        guard elf.number(place, 4) < strings else { return "a section's name in its .BTF.ext isn't there" }
        let count = elf.number(place + 4, 4)
        place += 8
        // libbpf has seen that they fit.
        for _ in 0..<count where place < end {
          guard ids.allSatisfy({ elf.number(place + $0, 4) < types }) else {
            return "a type of its .BTF.ext isn't there"
          }
          guard names.allSatisfy({ elf.number(place + $0, 4) < strings }) else {
            return "a name of its .BTF.ext isn't there"
          }
          place += max(size, 8)
        }
      }
    }
    return nil
  }
}
