/// The functions of an object file that a program linked with it could call: those of `.text`, which programs share.
public struct ObjectFunctions: Sendable {
  public enum Finding: Hashable, Sendable {
    /// It can be called as its BTF says, but for its result, which clang may have left out.
    case callable(returns: Bool)
    /// There is no code of that name.
    case absent
    /// A program, which nothing can call.
    case program
    /// Several functions of different source files have the name.
    case ambiguous
    /// No BTF says what it takes.
    case untyped
    /// It takes other arguments than its BTF says.
    case changed
  }

  let code: ObjectCode
  let btf: BTF

  /// Throws `BPFError.Code.badObject` for bytes that are no whole object with BTF.
  public init(object: [UInt8], name: String) throws(BPFError) {
    try ELFCheck.check(object, name: name)
    guard let code = ObjectCode(object), let btf = try? BTF(ofObject: object) else {
      throw BPFError(.badObject, operation: "reading the functions of `\(name)`", detail: "its BTF can't be read")
    }
    (self.code, self.btf) = (code, btf)
  }

  /// Names of the functions that are there and have BTF.
  public var names: [String] {
    code.functions.filter { isShared($0) && btf.function($0.name) != nil }.map(\.name)
  }

  /// Whether there is code of that name that is a program, and not a function that programs share.
  public func isProgram(_ name: String) -> Bool { code.functions.contains { $0.name == name && !isShared($0) } }

  /// What a function takes and returns.
  public func type(of name: String) -> BTFType? { btf.function(name) }

  private func isShared(_ function: ObjectCode.Function) -> Bool {
    code.elf.name(of: code.elf.sections[function.section]) == ".text"
  }

  /// Whether a function is there as its BTF describes it.
  ///
  /// clang sees all callers of a static function, and takes liberties with it: arguments that it finds unused, or the
  /// same in every call, are left out, and the ones behind them move up (LLVM's dead argument elimination); so is a
  /// result that no caller looks at. BTF keeps saying what the source says. So the code must agree with it: exactly the
  /// registers of its arguments are read, addresses as addresses and numbers as numbers.
  public func find(_ name: String) -> Finding {
    let found = code.functions.filter { $0.name == name }
    guard let function = found.first else { return .absent }
    guard isShared(function) else { return .program }
    guard found.count == 1 else { return .ambiguous }
    guard let prototype = btf.function(name)?.prototype else { return .untyped }
    let place = place(of: function)
    // Where the address is known outside, and where nobody calls (`__attribute__((used))`), nothing may be changed.
    guard function.isStatic, let sites = code.callSites(of: place), !sites.isEmpty else {
      return .callable(returns: true)
    }
    guard agrees(place, prototype.parameters.map(\.type)) else { return .changed }
    return .callable(returns: prototype.returns.resolved.kind == .void || keepsResult(sites, depth: 0))
  }

  private func place(of function: ObjectCode.Function) -> ObjectCode.Place {
    ObjectCode.Place(section: function.section, offset: function.range.lowerBound)
  }

  private func agrees(_ place: ObjectCode.Place, _ parameters: [BTFType]) -> Bool {
    let registers = parameters.flatMap { type in [BTFType](repeating: type, count: Self.registers(type)) }
    let uses = ArgumentFlow.uses(at: place, in: code) { name in
      btf.function(name)?.prototype?.parameters.reduce(0) { $0 + Self.registers($1.type) } ?? 0
    }
    guard uses.read == ArgumentFlow.first(registers.count), registers.count <= 5 else { return false }
    for (index, type) in registers.enumerated() {
      let bit: UInt8 = 1 << UInt8(index)
      if case .pointer = type.resolved.kind {
        if uses.asNumber & bit != 0 { return false }
      } else if type.size < 8 {
        // Wider ones may be addresses.
        if uses.asAddress & bit != 0 { return false }
      }
    }
    return true
  }

  /// How many registers an argument takes: structs of up to 16 bytes go in two.
  private static func registers(_ type: BTFType) -> Int { (9...16).contains(type.size) ? 2 : 1 }

  /// Whether a caller looks at the result, so that it can't have been left out.
  private func keepsResult(_ sites: [ObjectCode.Place], depth: Int) -> Bool {
    sites.contains { site in
      let caller = code.functions.first { $0.section == site.section && $0.range.contains(site.offset) }
      return code.readsResult(ofCallAt: site, returns: caller.map { returns($0, depth: depth + 1) } ?? true)
    }
  }

  private func returns(_ function: ObjectCode.Function, depth: Int) -> Bool {
    if let prototype = btf.function(function.name)?.prototype, prototype.returns.resolved.kind == .void { return false }
    guard function.isStatic, depth < 8, let sites = code.callSites(of: place(of: function)), !sites.isEmpty else {
      return true
    }
    return keepsResult(sites, depth: depth)
  }
}
