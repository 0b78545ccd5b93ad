/// The code of an object file: its functions, and what its instructions refer to.
///
/// Layout: System V ABI, ELF-64; relocations of BPF: Documentation/bpf/llvm_reloc.rst.
struct ObjectCode {
  struct Function {
    let name: String
    /// Where its symbol (24 bytes) stands in the file.
    let symbol: Int
    let section: Int
    /// Bytes of its section.
    let range: Range<Int>
    /// Local to the file: the compiler knows all its callers.
    let isStatic: Bool
  }

  /// A place in a section's code.
  struct Place: Hashable {
    var section: Int
    /// Bytes from the section's start.
    var offset: Int
  }

  /// What an instruction calls.
  enum Callee: Hashable {
    case helper(Int)
    case local(Place)
    /// A function that isn't in the file: of the kernel, or of another file.
    case external(String)
    case unknown
  }

  let elf: ELFView
  private(set) var functions: [Function] = []
  /// Symbols that relocations name, by the place of the instruction.
  private var relocations: [Place: Int] = [:]
  /// Functions whose address is taken: what is told of their callers isn't all.
  private(set) var addressed: Set<Place> = []
  private let symbols: ELFView.Section?

  init?(_ object: [UInt8]) {
    guard let elf = ELFView(object) else { return nil }
    self.elf = elf
    symbols = elf.sections.first { $0.type == 2 }  // SHT_SYMTAB
    readFunctions()
    for section in elf.sections where elf.relocated(by: section) != nil { readRelocations(section) }
  }

  /// `STT_FUNC` (2) symbols that lie in a section of code.
  private mutating func readFunctions() {
    guard let symbols else { return }
    for index in 0..<(symbols.size / 24) {
      let at = symbols.offset + index * 24
      let section = elf.number(at + 6, 2)
      let (start, size) = (elf.number(at + 8, 8), elf.number(at + 16, 8))
      guard elf.number(at + 4, 1) & 15 == 2, isCode(section), start >= 0, size > 0, start % 8 == 0,
        start <= elf.sections[section].size, size <= elf.sections[section].size - start
      else { continue }
      functions.append(
        Function(
          name: name(ofSymbol: index), symbol: at, section: section, range: start..<(start + size),
          isStatic: elf.number(at + 4, 1) >> 4 == 0))
    }
  }

  private mutating func readRelocations(_ section: ELFView.Section) {
    for index in 0..<(section.size / 16) {
      let at = section.offset + index * 16
      let place = Place(section: section.info, offset: elf.number(at, 8))
      let symbol = elf.number(at + 12, 4)
      guard place.offset >= 0, place.offset <= elf.sections[section.info].size - 8 else { continue }
      if isCode(section.info) {
        relocations[place] = symbol
        // The address of a function, as callbacks have it: `ld_imm64` (0x18), with the offset as its value.
        if byte(place, 0) == 0x18, let target = target(ofSymbol: symbol, plus: immediate(place)) {
          addressed.insert(target)
        }
      } else if elf.sections[section.info].flags & 2 != 0 {
        // SHF_ALLOC: data of the program, and not what debuggers or libbpf are told of its code.
        let value = elf.number(elf.sections[section.info].offset + place.offset, 8)
        if let target = target(ofSymbol: symbol, plus: value) { addressed.insert(target) }
      }
    }
  }

  private func isCode(_ section: Int) -> Bool {
    // SHF_EXECINSTR
    elf.sections.indices.contains(section) && elf.sections[section].flags & 4 != 0
      && elf.sections[section].type == 1
  }

  private func name(ofSymbol index: Int) -> String {
    guard let symbols, let strings = elf.linked(symbols) else { return "" }
    return elf.name(strings.offset, elf.number(symbols.offset + index * 24, 4))
  }

  /// The map that an instruction names (`ld_imm64`): a symbol in section `.maps`.
  func mapName(at place: Place) -> String? {
    guard let symbols, let index = relocations[place], index < symbols.size / 24 else { return nil }
    let section = elf.number(symbols.offset + index * 24 + 6, 2)
    guard elf.sections.indices.contains(section), elf.name(of: elf.sections[section]) == ".maps" else { return nil }
    return name(ofSymbol: index)
  }

  private func target(ofSymbol index: Int, plus offset: Int) -> Place? {
    guard let symbols, index < symbols.size / 24 else { return nil }
    let at = symbols.offset + index * 24
    let section = elf.number(at + 6, 2)
    let (start, overflow) = elf.number(at + 8, 8).addingReportingOverflow(offset)
    guard isCode(section), !overflow, start >= 0, start < elf.sections[section].size else { return nil }
    return Place(section: section, offset: start)
  }

  /// Sections of code, by number, with how many instructions they have.
  var codeSections: [(number: Int, instructions: Int)] {
    elf.sections.indices.filter { isCode($0) }.map { ($0, elf.sections[$0].size / 8) }
  }

  func function(at place: Place) -> Function? {
    functions.first { $0.section == place.section && $0.range.lowerBound == place.offset }
  }

  private func byte(_ place: Place, _ index: Int) -> Int {
    elf.number(elf.sections[place.section].offset + place.offset + index, 1)
  }

  private func immediate(_ place: Place) -> Int {
    Int(Int32(truncatingIfNeeded: elf.number(elf.sections[place.section].offset + place.offset + 4, 4)))
  }

  /// The instruction at a place; `nil` behind the section's end.
  func instruction(_ place: Place) -> Instruction? {
    guard place.offset >= 0, place.offset <= elf.sections[place.section].size - 8 else { return nil }
    let at = elf.sections[place.section].offset + place.offset
    return Instruction(
      opcode: elf.number(at, 1), destination: elf.number(at + 1, 1) & 15, source: elf.number(at + 1, 1) >> 4,
      offset: Int(Int16(truncatingIfNeeded: elf.number(at + 2, 2))), immediate: immediate(place))
  }

  /// What the call (opcode 0x85) at a place calls.
  func callee(_ instruction: Instruction, at place: Place) -> Callee {
    if let symbol = relocations[place] {
      if let target = target(ofSymbol: symbol, plus: (instruction.immediate + 1) * 8) { return .local(target) }
      return .external(name(ofSymbol: symbol))
    }
    switch instruction.source {
    case 0: return .helper(instruction.immediate)
    case 1:  // BPF_PSEUDO_CALL
      return .local(Place(section: place.section, offset: place.offset + (instruction.immediate + 1) * 8))
    default: return .unknown
    }
  }
}

/// A BPF instruction (RFC 9669, section 3).
struct Instruction {
  var opcode: Int
  var destination: Int
  var source: Int
  var offset: Int
  var immediate: Int

  /// The low three bits: load, store, arithmetic, jump.
  var kind: Int { opcode & 7 }
  /// Arithmetic and jumps: whether the second operand is a register.
  var takesRegister: Bool { opcode & 8 != 0 }
  /// Arithmetic and jumps: which.
  var operation: Int { opcode & 0xf0 }
  /// `ld_imm64` takes the place of two.
  var slots: Int { opcode == 0x18 ? 2 : 1 }

  // Kinds.
  static let load = 0
  static let loadIndirect = 1
  static let store = 2
  static let storeRegister = 3
  static let arithmetic32 = 4
  static let jump = 5
  static let jump32 = 6
  static let arithmetic64 = 7
  // Whole opcodes.
  static let call = 0x85
  static let exit = 0x95

  /// Where it may go on, in instructions from its own place; none after an exit.
  var successors: [Int] {
    guard kind == Self.jump || kind == Self.jump32, opcode != Self.call, opcode != Self.call | 8 else { return [slots] }
    if opcode == Self.exit { return [] }
    if operation == 0 { return [1 + (kind == Self.jump32 ? immediate : offset)] }  // ja, and gotol with 32 bits
    return [1, 1 + offset]
  }
}
