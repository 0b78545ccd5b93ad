import Foundation

/// Finds sections of a little-endian ELF64 file without reading all of it. Anything odd in the file throws.
struct ELFSections {
  /// Larger than any section we ask for; a greater size is a broken file.
  private static let maximumSection: UInt64 = 1 << 30

  private let file: FileHandle
  private let length: UInt64

  init(path: String) throws {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw InfrastructureError("can't read \(path)", why: Command.errnoText())
    }
    self.file = file
    self.length = try file.seekToEnd()
  }

  /// The contents of the section of that name, `nil` when there is none.
  func section(named name: String) throws -> [UInt8]? {
    // Offsets of Elf64_Ehdr and Elf64_Shdr: elf(5).
    let header = try read(0, 64)
    guard header.starts(with: [0x7f, UInt8(ascii: "E"), UInt8(ascii: "L"), UInt8(ascii: "F"), 2, 1]) else {
      throw broken("not a little-endian 64-bit ELF file")
    }
    let table = Self.word(header, 40, 8)
    let size = Self.word(header, 58, 2)
    let count = Self.word(header, 60, 2)
    let namesIndex = Self.word(header, 62, 2)
    guard size == 64, namesIndex < count else { throw broken("its section table makes no sense") }
    let headers = try read(table, count * size)
    func entry(_ index: UInt64) -> (name: UInt64, offset: UInt64, size: UInt64) {
      let at = Int(index * size)
      return (Self.word(headers, at, 4), Self.word(headers, at + 24, 8), Self.word(headers, at + 32, 8))
    }
    let names = try read(entry(namesIndex).offset, entry(namesIndex).size)
    for index in 0..<count {
      let section = entry(index)
      guard section.name < UInt64(names.count) else { throw broken("a section's name lies outside of the names") }
      if names[Int(section.name)...].prefix(while: { $0 != 0 }).elementsEqual(name.utf8) {
        return try read(section.offset, section.size)
      }
    }
    return nil
  }

  private func read(_ offset: UInt64, _ count: UInt64) throws -> [UInt8] {
    guard count <= Self.maximumSection, offset <= length, count <= length - offset else {
      throw broken("it ends before its contents do")
    }
    try file.seek(toOffset: offset)
    let data = try file.read(upToCount: Int(count)) ?? Data()
    guard data.count == Int(count) else { throw broken("it ends before its contents do") }
    return [UInt8](data)
  }

  private func broken(_ why: String) -> InfrastructureError { InfrastructureError("can't read the ELF file", why: why) }

  /// A little-endian word of `width` bytes; callers have checked the bounds.
  static func word(_ bytes: [UInt8], _ at: Int, _ width: Int) -> UInt64 {
    (0..<width).reduce(0) { $0 | UInt64(bytes[at + $1]) << UInt64(8 * $1) }
  }
}
