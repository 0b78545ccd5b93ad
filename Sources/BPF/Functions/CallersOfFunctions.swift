/// Which programs of an object call a function, themselves or by other functions: what a program of type ext (`freplace`)
/// may replace it in.
public struct CallersOfFunctions: Sendable {
  /// Names of functions that programs lead to, themselves included, by the program.
  private var reached: [String: Set<String>] = [:]

  /// Nothing is known of an object that can't be read.
  public init(object: [UInt8]) {
    guard let code = ObjectCode(object) else { return }
    for function in code.functions where !code.isShared(function) {
      reached[function.name] = Self.reached(from: function, code)
    }
  }

  /// The programs in which that function can be replaced: those that call it, and the one of that name.
  public func programs(leadingTo function: String) -> [String] {
    reached.filter { $0.value.contains(function) }.map(\.key).sorted()
  }

  private static func reached(from start: ObjectCode.Function, _ code: ObjectCode) -> Set<String> {
    var names: Set<String> = []
    var waiting = [start]
    while let function = waiting.popLast() {
      guard names.insert(function.name).inserted else { continue }
      for offset in stride(from: function.range.lowerBound, to: function.range.upperBound, by: 8) {
        let place = ObjectCode.Place(section: function.section, offset: offset)
        guard let instruction = code.instruction(place), instruction.opcode == Instruction.call,
          case .local(let target) = code.callee(instruction, at: place), let callee = code.function(at: target)
        else { continue }
        waiting.append(callee)
      }
    }
    return names
  }
}

extension ObjectCode {
  /// Whether it is one that programs call, and no program.
  func isShared(_ function: Function) -> Bool { elf.name(of: elf.sections[function.section]) == ".text" }
}
