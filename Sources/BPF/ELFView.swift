/// The sections of a 64-bit little-endian ELF file, with every offset checked (System V ABI, ELF-64).
struct ELFView {
  struct Section {
    var type: Int
    var flags: Int
    var offset: Int
    var size: Int
    /// The section that goes with it: of symbols, the one with their names.
    var link: Int
    /// The section that a relocation section applies to.
    var info: Int
    var name: String
  }

  let bytes: [UInt8]
  private(set) var sections: [Section] = []

  init?(_ bytes: [UInt8]) {
    guard bytes.count >= 64 else { return nil }
    self.bytes = bytes
    let table = number(40, 8)
    let count = number(60, 2)
    let namesIndex = number(62, 2)
    guard table >= 0, count > 0, namesIndex < count, table <= bytes.count, count * 64 <= bytes.count - table else {
      return nil
    }
    let names = number(table + namesIndex * 64 + 24, 8)
    for index in 0..<count {
      let base = table + index * 64
      let type = number(base + 4, 4)
      let (offset, size) = (number(base + 24, 8), number(base + 32, 8))
      // SHT_NOBITS (8) takes no bytes of the file.
      guard type == 8 || (offset >= 0 && size >= 0 && offset <= bytes.count && size <= bytes.count - offset) else {
        return nil
      }
      sections.append(
        Section(
          type: type, flags: number(base + 8, 8), offset: offset, size: type == 8 ? 0 : size,
          link: number(base + 40, 4), info: number(base + 44, 4), name: name(names, number(base, 4))))
    }
  }

  /// The bytes of the section of that name.
  func contents(of name: String) -> ArraySlice<UInt8>? {
    sections.first { $0.name == name && $0.type != 8 }.map { bytes[$0.offset..<($0.offset + $0.size)] }
  }

  /// A little-endian number of so many bytes; 0 where the file ends before it.
  func number(_ offset: Int, _ width: Int) -> Int {
    guard offset >= 0, offset + width <= bytes.count else { return 0 }
    return Int(
      truncatingIfNeeded: (0..<width).reduce(UInt64(0)) { $0 | UInt64(bytes[offset + $1]) << (8 * UInt64($1)) })
  }

  func name(_ table: Int, _ offset: Int) -> String {
    guard table >= 0, offset >= 0, table <= bytes.count, offset <= bytes.count - table else { return "" }
    return String(decoding: bytes[(table + offset)...].prefix { $0 != 0 }, as: UTF8.self)
  }
}
