/// The BPF Type Format (Documentation/bpf/btf.rst) of an object or a kernel, read into plain values.
///
/// Parsed here rather than through libbpf's pointers, so that a damaged blob throws and types can cross threads.
public final class BTF: Sendable {
  let records: [BTFRecord]
  private let idsByName: [String: [UInt32]]
  let shapes = BTFShapes()

  /// Reads a BTF blob of this machine's byte order: the `.BTF` section of an object, or `/sys/kernel/btf/vmlinux`.
  ///
  /// Throws `BPFError.Code.badBTF` when a header, type or string lies outside the blob, or a type refers to none.
  public convenience init(parsing bytes: [UInt8]) throws(BPFError) {
    var parser = try BTFParser(bytes)
    self.init(records: try parser.parse())
  }

  /// Reads the BTF of a compiled object, as the compiler wrote it: libbpf hasn't filled in where variables lie.
  public convenience init(ofObject bytes: [UInt8]) throws(BPFError) {
    guard let section = ELFView(bytes)?.contents(of: ".BTF") else {
      throw BPFError(.badBTF, operation: "reading BTF", detail: "the object has none")
    }
    try self.init(parsing: Array(section))
  }

  init(records: [BTFRecord]) {
    self.records = records
    var ids: [String: [UInt32]] = [:]
    ids.reserveCapacity(records.count)
    for (id, record) in records.enumerated() where !record.name.isEmpty {
      ids[record.name, default: []].append(UInt32(id))
    }
    self.idsByName = ids
  }

  /// How many types there are, `void` (id 0) included.
  public var count: Int { records.count }

  /// The type of that id; `nil` when there is none.
  public func type(_ id: UInt32) -> BTFType? {
    Int(id) < records.count ? BTFType(btf: self, id: id) : nil
  }

  /// All types, in order of id.
  public var types: some Sequence<BTFType> {
    (0..<UInt32(records.count)).lazy.map { BTFType(btf: self, id: $0) }
  }

  /// Types of that name, of every kind.
  public func named(_ name: String) -> [BTFType] {
    (idsByName[name] ?? []).map { BTFType(btf: self, id: $0) }
  }

  /// The struct of that name.
  public func structure(_ name: String) -> BTFType? {
    named(name).first { if case .structure = $0.kind { true } else { false } }
  }

  /// The data section of that name (`.bss`), whose variables are the object's globals.
  public func section(_ name: String) -> BTFType? {
    named(name).first { if case .section = $0.kind { true } else { false } }
  }

  /// All data sections, in order.
  public var sections: [BTFType] {
    types.filter { if case .section = $0.kind { true } else { false } }
  }

  /// The type that a function's first parameter points to: of a program of type syscall, what it takes as its context.
  public func target(ofFirstParameterOf name: String) -> BTFType? {
    guard case .function(let prototype)? = function(name)?.kind,
      case .prototype(_, let parameters)? = type(prototype)?.kind, let first = parameters.first,
      case .pointer(let target)? = type(first.type)?.resolved.kind
    else { return nil }
    return type(target)
  }

  /// The function of that name.
  public func function(_ name: String) -> BTFType? {
    named(name).first { if case .function = $0.kind { true } else { false } }
  }

  /// The value of the enumerator of that name in any enum, and the enum it belongs to.
  public func enumerator(_ name: String) -> (value: Int128, type: BTFType)? {
    for (id, record) in records.enumerated() {
      guard case .enumeration(let enumerators, _) = record.kind else { continue }
      if let found = enumerators.first(where: { $0.name == name }) {
        return (found.value, BTFType(btf: self, id: UInt32(id)))
      }
    }
    return nil
  }
}

/// A type as it stands in the blob: references are ids.
struct BTFRecord: Sendable {
  var name: String
  /// Bytes, where the kind has a size of its own.
  var size: Int
  var kind: BTFKind
}

/// The kinds of BTF types, with what each holds.
public enum BTFKind: Sendable, Hashable {
  case void
  /// An integer of `bits` bits that start at bit `offset`.
  case integer(bits: Int, offset: Int, signed: Bool, char: Bool, bool: Bool)
  case pointer(UInt32)
  case array(element: UInt32, count: Int)
  case structure([BTFMember])
  case union([BTFMember])
  case enumeration([BTFEnumerator], signed: Bool)
  case forward
  case typedef(UInt32)
  /// `const`, `volatile`, `restrict`, or a type tag.
  case modifier(UInt32)
  case function(prototype: UInt32)
  case prototype(returns: UInt32, parameters: [BTFParameter])
  case variable(UInt32)
  case section([BTFSectionVariable])
  case float
  case declarationTag(UInt32)
}

/// A member of a struct or union.
public struct BTFMember: Sendable, Hashable {
  /// Empty for an anonymous struct or union.
  public var name: String
  public var type: UInt32
  /// Bits from the start of the struct.
  public var bitOffset: Int
  /// Width of a bit-field, 0 for an ordinary member.
  public var bitFieldSize: Int
}

/// A named value of an enum.
public struct BTFEnumerator: Sendable, Hashable {
  public var name: String
  public var value: Int128
}

/// A parameter of a function.
public struct BTFParameter: Sendable, Hashable {
  public var name: String
  public var type: UInt32
}

/// A variable in a data section.
public struct BTFSectionVariable: Sendable, Hashable {
  /// Of kind `variable`.
  public var type: UInt32
  /// Bytes from the start of the section.
  public var offset: Int
  /// Bytes.
  public var size: Int
}
