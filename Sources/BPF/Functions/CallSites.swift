extension ObjectCode {
  /// The places from which a function is called, `nil` when its address is taken and there may be others.
  func callSites(of function: Place) -> [Place]? {
    guard !addressed.contains(function) else { return nil }
    var sites: [Place] = []
    for section in codeSections {
      for index in 0..<section.instructions {
        let place = Place(section: section.number, offset: index * 8)
        guard let instruction = instruction(place), instruction.opcode == Instruction.call,
          callee(instruction, at: place) == .local(function)
        else { continue }
        sites.append(place)
      }
    }
    return sites
  }

  /// Whether what a call leaves in r0 is looked at, on some path behind it. `returns` tells of the function around the
  /// call whether it returns something: then its exit looks at r0 too.
  func readsResult(ofCallAt site: Place, returns: Bool) -> Bool {
    var seen: Set<Int> = []
    var waiting = [site.offset + 8]
    while let offset = waiting.popLast() {
      guard seen.insert(offset).inserted,
        let instruction = instruction(Place(section: site.section, offset: offset))
      else { continue }
      if instruction.opcode == Instruction.exit {
        if returns { return true }
        continue
      }
      if instruction.reads(0) { return true }
      if !instruction.overwrites(0) { waiting += instruction.successors.map { offset + $0 * 8 } }
    }
    return false
  }
}

extension Instruction {
  /// Whether it looks at a register; of calls, which take r1 to r5, and of exits, which take r0, that isn't told.
  func reads(_ register: Int) -> Bool {
    switch kind {
    case Self.load: return opcode & 0xe0 == 0x40 && source == register  // of a packet, at an index
    case Self.loadIndirect: return source == register
    case Self.store: return destination == register
    case Self.storeRegister:
      return destination == register || source == register
        || opcode & 0xe0 == 0xc0 && immediate == 0xf1 && register == 0  // compare and exchange
    case Self.arithmetic32, Self.arithmetic64:
      return operation != 0xb0 && destination == register || readsSource(register)
    default:
      guard opcode & 0xf7 != Self.call, operation != 0, operation != 0xe0 else { return false }
      return destination == register || readsSource(register)
    }
  }

  private func readsSource(_ register: Int) -> Bool {
    let isArithmetic = kind == Self.arithmetic32 || kind == Self.arithmetic64
    // Of byte swaps the bit says to which order.
    return takesRegister && source == register && !(isArithmetic && operation == 0xd0)
  }

  /// Whether a register has another value after it, whatever it was before.
  func overwrites(_ register: Int) -> Bool {
    switch kind {
    case Self.load: opcode == 0x18 ? destination == register : register <= 5
    case Self.loadIndirect, Self.arithmetic32, Self.arithmetic64: destination == register
    case Self.store, Self.storeRegister: false
    default: opcode & 0xf7 == Self.call && register <= 5
    }
  }
}
