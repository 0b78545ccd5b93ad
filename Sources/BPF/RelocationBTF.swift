/// The part of a kernel's BTF that an object's CO-RE relocations can look at.
///
/// libbpf walks all of a kernel's 150,000 types for every kernel type that a program names, at every load; given a BTF of
/// the few hundred that matter (`btf_custom_path`, as `bpftool gen min_core_btf` makes them) it finds the same targets,
/// and the verifier gets the same instructions.
public enum RelocationBTF {
  /// Cuts out of a kernel's BTF what `object` needs: every type of a name that a relocation starts from, with all that lies
  /// inside it.
  ///
  /// `nil` where that wouldn't be the same: no CO-RE relocations at all, one that asks for the id of a kernel type, or one that
  /// matches types to any depth (`bpf_core_type_matches`). Throws `BPFError.Code.badBTF` when the kernel's BTF is damaged.
  public static func extract(for object: BPFObject, bytes: [UInt8], from kernel: [UInt8]) throws(BPFError) -> [UInt8]? {
    guard let roots = RelocationRoots.find(in: bytes, types: object.btf) else { return nil }
    var cutter = try BTFCutter(kernel)
    return try cutter.cut(roots)
  }
}

/// The names of the kernel types that an object's CO-RE relocations start from.
struct RelocationRoots {
  var names: Set<String> = []
  /// Those whose pointers libbpf follows, to tell whether the kernel's type is the same.
  var followed: Set<String> = []

  // enum bpf_core_relo_kind of linux/bpf.h.
  private static let localTypeID = 6
  private static let targetTypeID = 7
  private static let typeExists = 8
  private static let typeSize = 9
  private static let typeMatches = 12

  /// `nil` when there are no relocations, or some that need all of the kernel's types. Layout: `struct btf_ext_header`
  /// and `struct bpf_core_relo` (Documentation/bpf/btf.rst, section 4.2).
  static func find(in object: [UInt8], types: BTF) -> RelocationRoots? {
    guard let section = ELFView(object)?.contents(of: ".BTF.ext") else { return nil }
    let bytes = [UInt8](section)
    func word(_ at: Int) -> Int? {
      guard at >= 0, at + 4 <= bytes.count else { return nil }
      return (0..<4).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
    }
    // The header grew by the relocations' place: 32 bytes with it.
    guard let header = word(4), header >= 32, let offset = word(24), let length = word(28), length > 4,
      let recordSize = word(header + offset), recordSize >= 16
    else { return nil }
    var roots = RelocationRoots()
    var position = header + offset + 4
    let end = header + offset + length
    while position < end {
      guard let count = word(position + 4) else { return nil }
      position += 8
      for _ in 0..<count {
        guard let id = word(position + 4), let kind = word(position + 12), let type = types.type(UInt32(id)) else {
          return nil
        }
        position += recordSize
        if kind == localTypeID { continue }
        if kind == targetTypeID || kind == typeMatches { return nil }
        let name = essential(type.name)
        guard !name.isEmpty else { return nil }
        roots.names.insert(name)
        if kind == typeExists || kind == typeSize, type.resolved.comparesThroughPointers { roots.followed.insert(name) }
      }
    }
    return roots.names.isEmpty ? nil : roots
  }

  /// A name without its flavour, `task_struct` of `task_struct___old` (relo_core.c: `bpf_core_essential_name_len`).
  static func essential(_ name: String) -> String {
    let bytes = [UInt8](name.utf8)
    return String(decoding: bytes[..<essentialLength(bytes[...])], as: UTF8.self)
  }

  static func essentialLength(_ name: ArraySlice<UInt8>) -> Int {
    let underscore = UInt8(ascii: "_")
    guard name.count >= 5 else { return name.count }
    for index in stride(from: name.endIndex - 5, through: name.startIndex, by: -1)
    where name[index] != underscore && name[index + 1] == underscore && name[index + 2] == underscore
      && name[index + 3] == underscore && name[index + 4] != underscore
    {
      return index + 1 - name.startIndex
    }
    return name.count
  }
}

extension BTFType {
  /// Whether libbpf, to tell if a type is the same in the kernel, looks at what pointers lead to
  /// (relo_core.c: `bpf_core_types_are_compat`).
  fileprivate var comparesThroughPointers: Bool {
    switch kind {
    case .pointer, .prototype, .array, .function: true
    default: false
    }
  }
}
