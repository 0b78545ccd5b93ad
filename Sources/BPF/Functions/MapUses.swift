/// Which maps the code of an object's functions names.
public enum MapUses {
  /// Names of maps by function, those that its calls in the same object name included.
  public static func byFunction(of object: [UInt8]) -> [String: Set<String>] {
    guard let code = ObjectCode(object) else { return [:] }
    var all: [String: Set<String>] = [:]
    for function in code.functions {
      var found: Set<String> = []
      var seen: Set<String> = []
      var open = [function]
      while let next = open.popLast() {
        guard seen.insert("\(next.section) \(next.range.lowerBound)").inserted else { continue }
        let (maps, callees) = code.references(of: next)
        found.formUnion(maps)
        open += callees
      }
      all[function.name] = found
    }
    return all
  }
}

extension ObjectCode {
  /// The maps that a function's code names, and the functions of the object that it calls.
  fileprivate func references(of function: Function) -> (maps: [String], callees: [Function]) {
    var maps: [String] = []
    var callees: [Function] = []
    for offset in stride(from: function.range.lowerBound, to: function.range.upperBound, by: 8) {
      let place = Place(section: function.section, offset: offset)
      guard let instruction = instruction(place) else { continue }
      if instruction.opcode == 0x18, let map = mapName(at: place) { maps.append(map) }
      guard instruction.opcode == Instruction.call, case .local(let target) = callee(instruction, at: place),
        let called = self.function(at: target)
      else { continue }
      callees.append(called)
    }
    return (maps, callees)
  }
}
