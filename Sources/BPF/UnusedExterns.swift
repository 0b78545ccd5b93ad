/// Makes externs weak that none of the programs to be loaded refers to.
///
/// libbpf resolves every extern of an object, also those of programs that it won't load (libbpf.c:
/// `bpf_object__resolve_externs`): one kfunc that a kernel lacks would refuse all programs beside the one that calls it.
/// A weak extern that isn't found is no error.
enum UnusedExterns {
  /// The object with its unused externs made weak; as it was when it can't be read.
  static func weaken(in object: [UInt8], programs: Set<String>) -> [UInt8] {
    guard let elf = ELFView(object), let symbols = elf.sections.first(where: { $0.type == 2 }) else { return object }
    let needed = elf.externs(usedBy: programs, symbols: symbols)
    var patched = object
    for index in 0..<(symbols.size / 24) {
      let at = symbols.offset + index * 24
      let info = object[at + 4]
      // Undefined (section 0) and global (binding 1): becomes weak (binding 2).
      guard elf.number(at + 6, 2) == 0, info >> 4 == 1, !needed.contains(index) else { continue }
      patched[at + 4] = 2 << 4 | info & 15
    }
    return patched
  }
}

extension ELFView {
  /// Indices of the symbols that relocations of these programs, or of functions shared by all (`.text`), refer to.
  fileprivate func externs(usedBy programs: Set<String>, symbols: Section) -> Set<Int> {
    let strings = linked(symbols)?.offset ?? -1
    // By section, the byte ranges of the programs that will be loaded.
    var ranges: [Int: [Range<Int>]] = [:]
    for index in 0..<(symbols.size / 24) {
      let at = symbols.offset + index * 24
      let (start, size) = (number(at + 8, 8), number(at + 16, 8))
      // A function (type 2) of that name.
      guard bytes[at + 4] & 15 == 2, programs.contains(name(strings, number(at, 4))), start >= 0, size >= 0,
        start < Int.max - size
      else { continue }
      ranges[number(at + 6, 2), default: []].append(start..<(start + size))
    }
    var used: Set<Int> = []
    for section in sections {
      // SHF_EXECINSTR is 4.
      guard let target = relocated(by: section), target.flags & 4 != 0 else { continue }
      let isShared = name(of: target) == ".text"
      for index in 0..<(section.size / 16) {
        let at = section.offset + index * 16
        let place = number(at, 8)
        guard isShared || ranges[section.info, default: []].contains(where: { $0.contains(place) }) else { continue }
        used.insert(number(at + 12, 4))
      }
    }
    return used
  }
}
