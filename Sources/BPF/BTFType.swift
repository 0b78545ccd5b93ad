/// A type in a `BTF`: a light handle that keeps its BTF alive.
public struct BTFType: Sendable {
  public let btf: BTF
  public let id: UInt32

  private var record: BTFRecord { btf.records[Int(id)] }

  /// The name as written in C, without `struct` or `enum`; empty for an anonymous type.
  public var name: String { record.name }

  /// What kind of type it is, with what that kind holds.
  public var kind: BTFKind { record.kind }

  func other(_ id: UInt32) -> BTFType { BTFType(btf: btf, id: id) }

  /// The type behind typedefs, `const`, `volatile`, type tags and variables.
  public var resolved: BTFType {
    var type = self
    // A damaged blob may have a cycle: no chain is longer than there are types.
    for _ in 0..<btf.count {
      switch type.kind {
      case .typedef(let target), .modifier(let target), .variable(let target): type = other(target)
      default: return type
      }
    }
    return type
  }

  /// Names of the typedefs that lead from this type to the one behind them, outermost first.
  public var typedefNames: [String] {
    var names: [String] = []
    var type = self
    for _ in 0..<btf.count {
      switch type.kind {
      case .typedef(let target):
        names.append(type.name)
        type = other(target)
      case .modifier(let target), .variable(let target): type = other(target)
      default: return names
      }
    }
    return names
  }

  /// Whether the value is kept in network byte order (`__be16`, `__be32`, `__be64` of linux/types.h).
  public var isBigEndian: Bool {
    var type = self
    for _ in 0..<btf.count {
      switch type.kind {
      case .typedef(let target):
        let name = type.name
        if name == "__be16" || name == "__be32" || name == "__be64" { return true }
        type = other(target)
      case .modifier(let target), .variable(let target): type = other(target)
      default: return false
      }
    }
    return false
  }

  /// Whether it is an integer or an enum that holds negative numbers.
  public var isSigned: Bool {
    switch resolved.kind {
    case .integer(_, _, let signed, _, _), .enumeration(_, let signed): signed
    default: false
    }
  }

  /// Whether it is a character of text: C's `char`, or `i8`, which is Rust's `c_char`. Other bytes are numbers.
  public var isCharacter: Bool {
    let type = resolved
    guard case .integer(let bits, _, _, let char, false) = type.kind, bits == 8 else { return false }
    return char || type.name == "char" || type.name == "i8"
  }

  /// Bytes that a value takes; 0 for what has no size.
  public var size: Int { size(depth: 0) }

  private func size(depth: Int) -> Int {
    // Arrays of arrays of … in a damaged blob could go round in circles.
    guard depth < 32 else { return 0 }
    let type = resolved
    switch type.kind {
    case .array(let element, let count):
      let (total, overflow) = other(element).size(depth: depth + 1).multipliedReportingOverflow(by: count)
      return overflow ? 0 : total
    case .integer, .structure, .union, .enumeration, .float, .pointer, .section: return type.record.size
    default: return 0
    }
  }

  /// Members of the struct or union behind this type.
  public var members: [BTFMember] {
    switch resolved.kind {
    case .structure(let members), .union(let members): members
    default: []
    }
  }

  /// The type of a member.
  public func type(of member: BTFMember) -> BTFType { other(member.type) }

  /// The named member, looked for in anonymous structs and unions too, with its offset from the start of this type.
  public func member(_ name: String) -> BTFMember? { member(name, depth: 0) }

  private func member(_ name: String, depth: Int) -> BTFMember? {
    guard depth < 32 else { return nil }
    for member in members {
      if member.name == name { return member }
      if member.name.isEmpty, var inner = type(of: member).member(name, depth: depth + 1) {
        inner.bitOffset += member.bitOffset
        return inner
      }
    }
    return nil
  }

  /// Names of all members, those of anonymous structs and unions included.
  public var memberNames: [String] { memberNames(depth: 0) }

  private func memberNames(depth: Int) -> [String] {
    guard depth < 32 else { return [] }
    return members.flatMap { $0.name.isEmpty ? type(of: $0).memberNames(depth: depth + 1) : [$0.name] }
  }

  /// Element type and count of the array behind this type.
  public var array: (element: BTFType, count: Int)? {
    guard case .array(let element, let count) = resolved.kind else { return nil }
    return (other(element), count)
  }

  /// Enumerators of the enum behind this type.
  public var enumerators: [BTFEnumerator] {
    guard case .enumeration(let enumerators, _) = resolved.kind else { return [] }
    return enumerators
  }

  /// Variables of a data section: name, type, and where they lie in it (bytes).
  public var variables: [(name: String, type: BTFType, offset: Int, size: Int)] {
    guard case .section(let variables) = kind else { return [] }
    return variables.map { (other($0.type).name, other($0.type), $0.offset, $0.size) }
  }

  /// What a function takes and returns, with names for parameters that have none; `nil` of what is no function.
  public var prototype: (returns: BTFType, parameters: [(name: String, type: BTFType)])? {
    guard case .function(let id) = kind, let type = btf.type(id),
      case .prototype(let returns, let parameters) = type.kind, let result = btf.type(returns)
    else { return nil }
    return (
      result,
      parameters.enumerated().compactMap { index, parameter in
        btf.type(parameter.type).map { (parameter.name.isEmpty ? "arg\(index + 1)" : parameter.name, $0) }
      }
    )
  }

  /// The type as C would write it: `struct rule`, `__be32`, `char[16]`, `void *`.
  public var declaration: String { declaration(depth: 0) }

  private func declaration(depth: Int) -> String {
    guard depth < 16 else { return "…" }
    switch kind {
    case .void: return "void"
    case .structure: return "struct \(name.isEmpty ? "{…}" : name)"
    case .union: return "union \(name.isEmpty ? "{…}" : name)"
    case .enumeration: return name.isEmpty ? "enum {…}" : "enum \(name)"
    case .forward: return "struct \(name)"
    case .pointer(let target): return "\(other(target).declaration(depth: depth + 1)) *"
    case .array(let element, let count): return "\(other(element).declaration(depth: depth + 1))[\(count)]"
    case .modifier(let target), .variable(let target): return other(target).declaration(depth: depth + 1)
    default: return name
    }
  }
}
