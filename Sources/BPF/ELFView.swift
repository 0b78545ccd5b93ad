/// The sections of a 64-bit little-endian ELF file, with every offset checked (System V ABI, ELF-64).
struct ELFView {
  struct Section {
    var type: Int
    var flags: Int
    var offset: Int
    var size: Int
    /// What it takes in memory, also of one without bytes in the file (`.bss`).
    var memorySize: Int
    /// The section that goes with it: of symbols, the one with their names.
    var link: Int
    /// The section that a relocation section applies to.
    var info: Int
    /// Where its name begins in the file.
    fileprivate var nameOffset = 0
  }

  /// What is wrong with a file, in words.
  struct Damage: Error {
    let why: String
    init(_ why: String) { self.why = why }
  }

  let bytes: [UInt8]
  private(set) var sections: [Section] = []

  /// `nil` when anything is wrong with the file.
  init?(_ bytes: [UInt8]) {
    do { try self.init(checking: bytes) } catch { return nil }
  }

  /// Throws what is wrong with the file.
  init(checking bytes: [UInt8]) throws(Damage) {
    self.bytes = bytes
    guard bytes.count >= 64 else {
      throw Damage("it is truncated: \(bytes.count) bytes, where an ELF header takes 64")
    }
    let table = number(40, 8)
    let count = number(60, 2)
    guard count > 0 else { throw Damage("it has no sections") }
    guard number(58, 2) == 64, table >= 0, table <= bytes.count, count * 64 <= bytes.count - table else {
      throw Damage("it is truncated: its section headers lie outside its \(bytes.count) bytes")
    }
    let namesIndex = number(62, 2)
    guard namesIndex < count else {
      throw Damage("it is damaged: its section names are in a section that isn't there")
    }
    sections.reserveCapacity(count)
    for index in 0..<count {
      let base = table + index * 64
      let type = number(base + 4, 4)
      let (offset, size) = (number(base + 24, 8), number(base + 32, 8))
      // SHT_NULL (0) and SHT_NOBITS (8) take no bytes of the file.
      let isInFile = type != 0 && type != 8
      guard !isInFile || (offset >= 0 && size >= 0 && offset <= bytes.count && size <= bytes.count - offset) else {
        let end = UInt64(bitPattern: Int64(offset &+ size))
        throw Damage("it is truncated: section \(index) reaches to byte \(end) of \(bytes.count)")
      }
      sections.append(
        Section(
          type: type, flags: number(base + 8, 8), offset: isInFile ? offset : 0, size: isInFile ? size : 0,
          memorySize: max(0, size), link: number(base + 40, 4), info: number(base + 44, 4)))
    }
    let names = sections[namesIndex]
    guard endsInZero(names) else { throw Damage("it is damaged: its section names don't end") }
    for index in 0..<count {
      let place = number(table + index * 64, 4)
      guard place < names.size else {
        throw Damage("it is damaged: the name of section \(index) lies outside the file")
      }
      sections[index].nameOffset = names.offset + place
    }
  }

  /// Whether a section of names is one: the last of them ends.
  func endsInZero(_ names: Section) -> Bool { names.size > 0 && bytes[names.offset + names.size - 1] == 0 }

  /// The section that goes with one; `nil` when it isn't there.
  func linked(_ section: Section) -> Section? {
    sections.indices.contains(section.link) ? sections[section.link] : nil
  }

  /// What a section of relocations (`SHT_REL`, 9) applies to; `nil` of any other section.
  func relocated(by section: Section) -> Section? {
    section.type == 9 && sections.indices.contains(section.info) ? sections[section.info] : nil
  }

  func name(of section: Section) -> String { name(section.nameOffset, 0) }

  /// The section of that name that has bytes in the file. No name becomes a `String` for it: each object that is opened
  /// pays for this.
  func section(named name: String) -> Section? {
    let wanted = Array(name.utf8) + [0]
    return bytes.withUnsafeBytes { bytes in
      sections.first { $0.type != 8 && bytes[$0.nameOffset...].starts(with: wanted) }
    }
  }

  /// The bytes of the section of that name.
  func contents(of name: String) -> ArraySlice<UInt8>? {
    section(named: name).map { bytes[$0.offset..<($0.offset + $0.size)] }
  }

  /// A little-endian number of so many bytes; 0 where the file ends before it.
  func number(_ offset: Int, _ width: Int) -> Int {
    guard offset >= 0, offset <= bytes.count - width else { return 0 }
    return bytes.withUnsafeBytes { bytes in
      switch width {
      case 8: Int(Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int64.self)))
      case 4: Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
      case 2: Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
      default: (0..<width).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
      }
    }
  }

  func name(_ table: Int, _ offset: Int) -> String {
    guard table >= 0, offset >= 0, table <= bytes.count, offset <= bytes.count - table else { return "" }
    return bytes[(table + offset)...].withUnsafeBufferPointer { rest in
      String(decoding: UnsafeBufferPointer(rebasing: rest.prefix { $0 != 0 }), as: UTF8.self)
    }
  }
}
