/// The programs that an object's prog arrays hold from the start (`.values`), found in the ELF file's relocations of the
/// section `.maps`: libbpf doesn't tell, and refuses to load the object (`EBADF`) unless they are loaded too.
///
/// Layout: System V ABI, "ELF-64 Object File Format". What lies outside the bytes is passed over.
struct InitialPrograms {
  private let bytes: [UInt8]

  private struct Section {
    var name: Int
    var type: Int
    var offset: Int
    var size: Int
    var link: Int
  }

  /// `SHT_REL`, `STT_FUNC` (elf.h).
  private static let relocations = 9
  private static let function: UInt8 = 2

  /// Names of functions, in order, without repetitions.
  static func names(in bytes: [UInt8]) -> [String] { InitialPrograms(bytes: bytes).names().uniqued() }

  private func names() -> [String] {
    guard let table = number(40, 8), let count = number(60, 2), let index = number(62, 2), count <= 0xff00 else {
      return []
    }
    let sections = (0..<count).map { section(table, $0) }
    guard index < sections.count, let names = sections[index] else { return [] }
    for case let section? in sections
    where section.type == Self.relocations && string(names, section.name) == ".rel.maps" {
      guard section.link < sections.count, let symbols = sections[section.link], symbols.link < sections.count,
        let strings = sections[symbols.link]
      else { return [] }
      // An entry has 16 bytes: where, and the symbol's number over the kind of relocation.
      return (0..<(section.size / 16)).compactMap { entry in
        guard let symbol = number(section.offset + entry * 16 + 12, 4), symbol < symbols.size / 24 else { return nil }
        let at = symbols.offset + symbol * 24
        guard let info = number(at + 4, 1), UInt8(info) & 15 == Self.function, let name = number(at, 4) else {
          return nil
        }
        return string(strings, name)
      }
    }
    return []
  }

  private func section(_ table: Int, _ index: Int) -> Section? {
    let (start, overflow) = table.addingReportingOverflow(index * 64)
    guard !overflow, let name = number(start, 4), let type = number(start + 4, 4), let offset = number(start + 24, 8),
      let size = number(start + 32, 8), let link = number(start + 40, 4), type == 8 || offset <= bytes.count,
      type == 8 || size <= bytes.count - offset
    else { return nil }
    return Section(name: name, type: type, offset: offset, size: size, link: link)
  }

  /// A little-endian number; `nil` outside the bytes, or beyond `Int`.
  private func number(_ offset: Int, _ width: Int) -> Int? {
    guard offset >= 0, offset <= bytes.count - width else { return nil }
    return Int(exactly: (0..<width).reduce(UInt64(0)) { $0 | UInt64(bytes[offset + $1]) << (8 * UInt64($1)) })
  }

  private func string(_ table: Section, _ offset: Int) -> String? {
    guard offset < table.size else { return nil }
    let text = bytes[(table.offset + offset)..<(table.offset + table.size)].prefix { $0 != 0 }
    return String(validating: text, as: UTF8.self)
  }
}
