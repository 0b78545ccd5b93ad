import CBPFShims

extension ObjectFunctions {
  /// Whether the object's BTF has the whole of a struct or enum.
  public func declares(_ name: String) -> Bool { complete(name) != nil }

  private func complete(_ name: String) -> BTFType? {
    btf.named(name).first {
      switch $0.kind {
      case .structure, .enumeration: true
      default: false
      }
    }
  }

  /// Declarations of functions as C, with the types that they need and those of `types` that the object's BTF has whole;
  /// through libbpf's `btf_dump`. None has `preserve_access_index`: they are as the object has them.
  ///
  /// Throws `BPFError.Code.badBTF` when libbpf can't write them.
  public func declarations(of names: [String], types wanted: [String]) throws(BPFError) -> String {
    let functions = names.compactMap { btf.function($0) }
    var types = wanted.compactMap { complete($0)?.id }
    for function in functions {
      guard let prototype = function.prototype else { continue }
      for type in [prototype.returns] + prototype.parameters.map(\.type) { types += chain(type) }
    }
    let operation = "declaring functions of an object in C"
    if let sizeless = sizeless(in: types) {
      throw BPFError(
        .badBTF, operation: operation,
        detail: "`\(sizeless.declaration)` (type \(sizeless.id)) contains something without a size")
    }
    let text = try BTFDump.text(of: code.elf.contents(of: ".BTF") ?? [], operation) { bytes, size in
      bpftest_btf_declarations(
        bytes, size, types, UInt32(types.count), functions.map(\.id), UInt32(functions.count))
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// A type that what is written contains and that has a part without a size, by which libbpf would divide
  /// (btf_dump.c: `btf_dump_emit_bit_padding` of libbpf 1.1). Compilers write none.
  private func sizeless(in roots: [UInt32]) -> BTFType? {
    var seen: Set<UInt32> = []
    var waiting = roots
    while let id = waiting.popLast() {
      guard seen.insert(id).inserted, let type = btf.type(id) else { continue }
      var parts: [UInt32] = []
      switch type.kind {
      case .structure(let members), .union(let members): parts = members.map(\.type)
      case .array(let element, _): parts = [element]
      case .typedef(let target), .modifier(let target): waiting.append(target)
      case .prototype(let returns, let parameters): waiting += [returns] + parameters.map(\.type)
      case .pointer(let target):
        // A struct behind a pointer is only named, where it has a name.
        if type.other(target).resolved.name.isEmpty { waiting.append(target) }
      default: break
      }
      if parts.contains(where: { !hasSize(type.other($0).resolved) }) { return type }
      waiting += parts
    }
    return nil
  }

  private func hasSize(_ type: BTFType) -> Bool {
    switch type.kind {
    case .integer, .enumeration, .float: type.size > 0
    case .pointer, .array, .structure, .union: true
    default: false
    }
  }

  /// A type and those that its pointers and arrays lead to: libbpf writes what is behind a pointer only when asked.
  private func chain(_ type: BTFType) -> [UInt32] {
    var ids: [UInt32] = []
    var type = type
    // A damaged blob may lead round in circles.
    while type.id != 0, !ids.contains(type.id) {
      ids.append(type.id)
      switch type.kind {
      case .typedef(let target), .modifier(let target), .pointer(let target), .array(let target, _):
        type = type.other(target)
      default: return ids
      }
    }
    return ids
  }
}
