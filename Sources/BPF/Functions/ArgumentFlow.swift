/// What a function does with the registers r1 to r5 that it is called with: followed through its instructions along every
/// path, as far as copies in registers and on the stack go.
struct ArgumentFlow {
  /// What has been seen; bit 0 is r1.
  struct Uses: Equatable {
    /// Read at all.
    var read: UInt8 = 0
    /// Loaded from or stored to, so it was an address.
    var asAddress: UInt8 = 0
    /// Cut to 32 bits, multiplied, shifted, compared with a constant: no address is.
    var asNumber: UInt8 = 0
  }

  /// Which arguments may be where, as bits.
  private struct State {
    var registers = [UInt8](repeating: 0, count: 16)
    var stack: [Int: UInt8] = [:]

    /// Adds what another path brings; whether there was anything new.
    mutating func join(_ other: State) -> Bool {
      var isNew = false
      for index in registers.indices where other.registers[index] & ~registers[index] != 0 {
        registers[index] |= other.registers[index]
        isNew = true
      }
      for (slot, bits) in other.stack where bits & ~(stack[slot] ?? 0) != 0 {
        stack[slot, default: 0] |= bits
        isNew = true
      }
      return isNew
    }
  }

  /// What was found out about functions that are called on the way.
  private final class Known {
    var read: [ObjectCode.Place: UInt8] = [:]
  }

  private let code: ObjectCode
  /// How many arguments a function takes whose callers aren't all known, by its name.
  private let declared: (String) -> Int
  private let known: Known
  private let depth: Int
  private var uses = Uses()

  /// Follows the arguments of the function at `place`.
  static func uses(
    at place: ObjectCode.Place, in code: ObjectCode, declared: @escaping (String) -> Int
  ) -> Uses {
    var flow = ArgumentFlow(code: code, declared: declared, known: Known(), depth: 1)
    flow.follow(place)
    return flow.uses
  }

  private init(code: ObjectCode, declared: @escaping (String) -> Int, known: Known, depth: Int) {
    (self.code, self.declared, self.known, self.depth) = (code, declared, known, depth)
  }

  private mutating func follow(_ start: ObjectCode.Place) {
    var entry = State()
    for index in 1...5 { entry.registers[index] = 1 << UInt8(index - 1) }
    var states = [start.offset: entry]
    var waiting = [start.offset]
    while let offset = waiting.popLast() {
      let place = ObjectCode.Place(section: start.section, offset: offset)
      guard let instruction = code.instruction(place), var state = states[offset] else { continue }
      step(instruction, place, &state)
      for next in instruction.successors.map({ offset + $0 * 8 }) {
        if states[next] == nil {
          states[next] = state
          waiting.append(next)
        } else if states[next]?.join(state) == true {
          waiting.append(next)
        }
      }
    }
  }

  private mutating func step(_ instruction: Instruction, _ place: ObjectCode.Place, _ state: inout State) {
    let (to, from) = (instruction.destination, instruction.source)
    let source = state.registers[from]
    let target = state.registers[to]
    switch instruction.kind {
    case Instruction.load:
      // Old ways of reading a packet, which leave their result in r0, and `ld_imm64`.
      state.registers[instruction.opcode == 0x18 ? to : 0] = 0
    case Instruction.loadIndirect:
      address(source)
      let isWhole = instruction.opcode & 0x18 == 0x18
      state.registers[to] = from == 10 && isWhole ? state.stack[instruction.offset] ?? 0 : 0
    case Instruction.store:
      address(target)
      if to == 10 { state.stack[instruction.offset] = nil }
    case Instruction.storeRegister: store(instruction, source, target, &state)
    case Instruction.arithmetic32, Instruction.arithmetic64: calculate(instruction, source, target, &state)
    default: jump(instruction, place, source, target, &state)
    }
  }

  private mutating func store(_ instruction: Instruction, _ source: UInt8, _ target: UInt8, _ state: inout State) {
    address(target)
    let isWhole = instruction.opcode & 0x18 == 0x18
    if instruction.opcode & 0xe0 == 0xc0 {  // atomic
      uses.read |= source
      // With BPF_FETCH what was there comes back, of a compare-and-exchange in r0.
      if instruction.immediate & 1 != 0 { state.registers[instruction.immediate == 0xf1 ? 0 : instruction.source] = 0 }
    } else if isWhole {
      uses.read |= source
    } else {
      number(source)
    }
    if instruction.destination == 10 { state.stack[instruction.offset] = isWhole ? source : nil }
  }

  private mutating func calculate(_ instruction: Instruction, _ source: UInt8, _ target: UInt8, _ state: inout State) {
    let isWide = instruction.kind == Instruction.arithmetic64
    let source = instruction.takesRegister ? source : 0
    var result: UInt8 = 0
    switch instruction.operation {
    case 0xb0 where isWide && instruction.offset == 0:  // mov
      uses.read |= source
      result = source
    case 0xb0: number(source)
    case 0xd0: number(target)  // byte swaps, whose bit 3 says to which order
    case 0x00 where isWide, 0x10 where isWide:  // add, sub
      uses.read |= source | target
      if !instruction.takesRegister { result = target }
    case 0x10: uses.read |= source | target  // The difference of two addresses may be cut to 32 bits.
    default: number(source | target)
    }
    state.registers[instruction.destination] = result
  }

  private mutating func jump(
    _ instruction: Instruction, _ place: ObjectCode.Place, _ source: UInt8, _ target: UInt8, _ state: inout State
  ) {
    switch instruction.opcode {
    case Instruction.exit: uses.read |= state.registers[0]
    case Instruction.call, Instruction.call | 8:
      if instruction.opcode == Instruction.call { call(code.callee(instruction, at: place), state) }
      for index in 0...5 { state.registers[index] = 0 }
    default:
      guard instruction.operation != 0, instruction.operation != 0xe0 else { return }  // ja, and jumps without operands
      if instruction.kind == Instruction.jump32 {
        number(target | (instruction.takesRegister ? source : 0))
      } else if instruction.takesRegister {
        uses.read |= source | target
      } else if instruction.immediate > 0 {
        number(target)
      } else {
        // Null, and numbers of errors, are what addresses are compared with too.
        uses.read |= target
      }
    }
  }

  private mutating func call(_ callee: ObjectCode.Callee, _ state: State) {
    let taken: UInt8
    switch callee {
    case .helper(let number): taken = Self.first(HelperArguments.count(number))
    case .external(let name): taken = Self.first(declared(name))
    case .local(let place):
      if let function = code.function(at: place), !function.isStatic {
        taken = Self.first(declared(function.name))
      } else {
        taken = read(by: place)
      }
    case .unknown: taken = 0
    }
    for index in 1...5 where taken & 1 << UInt8(index - 1) != 0 { uses.read |= state.registers[index] }
  }

  private func read(by function: ObjectCode.Place) -> UInt8 {
    if let read = known.read[function] { return read }
    // Programs are at most eight frames deep (MAX_CALL_FRAMES of include/linux/bpf_verifier.h); and none calls itself.
    guard depth < 8 else { return 0 }
    known.read[function] = 0
    var inner = ArgumentFlow(code: code, declared: declared, known: known, depth: depth + 1)
    inner.follow(function)
    known.read[function] = inner.uses.read
    return inner.uses.read
  }

  /// The bits of so many arguments.
  static func first(_ count: Int) -> UInt8 { UInt8(truncatingIfNeeded: (1 << min(max(count, 0), 5)) - 1) }

  private mutating func address(_ bits: UInt8) {
    uses.read |= bits
    uses.asAddress |= bits
  }

  private mutating func number(_ bits: UInt8) {
    uses.read |= bits
    uses.asNumber |= bits
  }
}
