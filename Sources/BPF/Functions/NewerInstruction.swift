/// An instruction of a program that kernels older than some do not know.
public struct NewerInstruction: Hashable, Sendable {
  /// What is new about it. The numbers are those of Documentation/bpf/standardization/instruction-set.rst.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case fetchingAdd = "an atomic add that gives back the old value"
    case atomicBits = "an atomic and, or, xor"
    case exchange = "an atomic exchange"
    case ordered = "a load-acquire or store-release"
    case signedDivision = "a signed division"
    case signedMove = "a move with sign extension"
    case signedLoad = "a load with sign extension"
    case byteSwap = "an unconditional byte swap"
    case longJump = "a jump over more than 32767 instructions (gotol)"
    case mayGoto = "may_goto"
    case addressSpace = "a cast between address spaces"

    /// The first kernel that knows it.
    public var since: String {
      switch self {
      case .fetchingAdd, .atomicBits, .exchange: "5.12"
      case .ordered: "6.15"
      case .mayGoto, .addressSpace: "6.9"
      default: "6.6"
      }
    }

    /// Whether it comes of what `-mcpu=v3` has clang make of atomic builtins.
    public var isAtomic: Bool { since == "5.12" }

    /// What keeps it out of a program.
    var mend: String {
      switch self {
      case .fetchingAdd:
        "compile with `mcpu: v2`, which makes a plain atomic add of it where nobody uses its result (a result that is used is to be had on no older kernel)"
      case .atomicBits, .exchange: "older kernels have none: use a bpf_spin_lock, or an atomic add"
      case .mayGoto, .addressSpace: "older kernels have none"
      case .ordered, .signedDivision, .signedMove, .signedLoad, .byteSwap, .longJump: "compile with `mcpu: v3`"
      }
    }
  }

  public var kind: Kind
  /// `prog.bpf.c:12`, where the object has lines.
  public var place: String?
  /// The line of the source, without the blanks around it.
  public var source: String?

  /// What an instruction (`struct bpf_insn`, little-endian) has that is new; `nil` of those that 5.10 knows.
  static func kind(of instruction: UInt64) -> Kind? {
    let code = UInt8(truncatingIfNeeded: instruction)
    let offset = Int16(truncatingIfNeeded: instruction >> 16)
    let immediate = Int32(truncatingIfNeeded: instruction >> 32)
    let operation = code & 0xf0
    switch code & 0x07 {
    case 0x01: return code & 0xe0 == 0x80 ? .signedLoad : nil  // LDX | MEMSX
    case 0x03: return code & 0xe0 == 0xc0 ? atomic(immediate) : nil  // STX | ATOMIC
    case 0x05: return operation == 0xe0 ? .mayGoto : nil  // JMP | JCOND
    case 0x06: return operation == 0x00 ? .longJump : nil  // JMP32 | JA
    case 0x04, 0x07:
      switch operation {
      case 0x30, 0x90: return offset == 1 ? .signedDivision : nil  // DIV, MOD
      case 0xb0 where code & 0x08 != 0 && offset != 0: return offset == 1 ? .addressSpace : .signedMove  // MOV | X
      case 0xd0: return code & 0x07 == 0x07 ? .byteSwap : nil  // ALU64 | END
      default: return nil
      }
    default: return nil
    }
  }

  private static func atomic(_ immediate: Int32) -> Kind? {
    switch immediate {
    case 0: nil  // the atomic add of old
    case 0x01: .fetchingAdd
    case 0x40, 0x41, 0x50, 0x51, 0xa0, 0xa1: .atomicBits
    case 0xe1, 0xf1: .exchange
    case 0x100, 0x110: .ordered
    default: nil
    }
  }

  /// Those of each function of an object, by its name; one of each kind for each line.
  public static func all(in object: [UInt8]) -> [String: [NewerInstruction]] {
    guard let code = ObjectCode(object) else { return [:] }
    var found: [String: [NewerInstruction]] = [:]
    var lines: SourceLines?
    for function in code.functions {
      let section = code.elf.sections[function.section]
      var isWide = false
      for offset in stride(from: function.range.lowerBound, to: function.range.upperBound - 7, by: 8) {
        let instruction = UInt64(bitPattern: Int64(code.elf.number(section.offset + offset, 8)))
        // The second half of a 64-bit load (0x18) is no instruction.
        defer { isWide = !isWide && instruction & 0xff == 0x18 }
        guard !isWide, let kind = kind(of: instruction) else { continue }
        let known = lines ?? SourceLines(code.elf)
        lines = known
        let (place, source) = known.line(of: code.elf.name(of: section), at: offset)
        let new = NewerInstruction(kind: kind, place: place, source: source)
        if found[function.name]?.contains(new) != true { found[function.name, default: []].append(new) }
      }
    }
    return found
  }

  /// Those of a program, and of functions that it may share with others (`.text`).
  public static func of(_ program: String?, in object: [UInt8]) -> [NewerInstruction] {
    guard let code = ObjectCode(object) else { return [] }
    let all = all(in: object)
    guard let program else { return all.values.flatMap { $0 } }
    let shared = code.functions.filter { code.elf.name(of: code.elf.sections[$0.section]) == ".text" }.map(\.name)
    return (all[program] ?? []) + shared.flatMap { all[$0] ?? [] }
  }

  /// Those among instructions of which no more is known.
  public static func among(_ instructions: [UInt64]) -> [NewerInstruction] {
    var isWide = false
    var kinds: [Kind] = []
    for instruction in instructions {
      defer { isWide = !isWide && instruction & 0xff == 0x18 }
      if !isWide, let kind = kind(of: instruction), !kinds.contains(kind) { kinds.append(kind) }
    }
    return kinds.map { NewerInstruction(kind: $0) }
  }

  /// Which instruction a kernel refuses that doesn't know it, and what to do.
  static func advice(_ refusal: LoadRefusal) -> String? {
    // The kernel has refused; its version only tells which of several instructions it stumbled over.
    let new = refusal.newerInstructions
    let unknown = new.filter { instruction in
      refusal.release.map { KernelRange("<\(instruction.kind.since)")?.contains($0) == true } ?? true
    }
    guard let first = unknown.first ?? new.first else {
      return "the kernel doesn't know an instruction of the program: compile it for an older one (`mcpu: v2`)"
    }
    var text = "this kernel doesn't know \(first.kind.rawValue), which came with \(first.kind.since)"
    if let place = first.place { text += ", at \(place)" }
    if let source = first.source, !source.isEmpty { text += " `\(source)`" }
    return "\(text): \(first.kind.mend)"
  }
}
