extension ObjectFunctions {
  /// The object with its static functions of these names within reach of a linker: global, and hidden, which libbpf makes
  /// static again when it loads them (libbpf.c: `mark_btf_static`), so that the verifier sees them as ever.
  public static func export(_ names: Set<String>, from object: [UInt8]) -> [UInt8] {
    guard let code = ObjectCode(object) else { return object }
    var out = object
    for function in code.functions where function.isStatic && names.contains(function.name) {
      out[function.symbol + 4] = 1 << 4 | 2  // STB_GLOBAL, STT_FUNC
      out[function.symbol + 5] = 2  // STV_HIDDEN
    }
    if let types = code.elf.section(named: ".BTF") {
      exportTypes(names, code.elf, types.offset, &out)
    }
    return out
  }

  /// The linkage of a `BTF_KIND_FUNC` is where others have their number of items: 0 is static, 1 global
  /// (`enum btf_func_linkage` of include/uapi/linux/btf.h).
  private static func exportTypes(_ names: Set<String>, _ elf: ELFView, _ start: Int, _ out: inout [UInt8]) {
    let header = elf.number(start + 4, 4)
    let end = start + header + elf.number(start + 8, 4) + elf.number(start + 12, 4)
    let strings = start + header + elf.number(start + 16, 4)
    var place = start + header + elf.number(start + 8, 4)
    while place + 12 <= min(end, out.count) {
      let info = elf.number(place + 4, 4)
      let kind = BTFKindNumber(rawValue: UInt32(info >> 24 & 0x1f))
      guard let size = kind.size(info & 0xffff) else { return }
      if kind == .function, info & 0xffff == 0, names.contains(elf.name(strings, elf.number(place, 4))) {
        out[place + 4] = 1
      }
      place += size
    }
  }
}
