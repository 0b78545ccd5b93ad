import CLibbpf

/// How a program defines a map, as the BTF of its `.maps` section has it (the `__uint`, `__type` and `__array` of
/// bpf_helpers.h). It can be read at any time; libbpf forgets the inner map's once an object is loaded.
public struct MapDefinition: Sendable {
  public var type: BPFMapType
  public var keyType: BTFType?
  public var valueType: BTFType?
  /// Bytes; 0 where the definition has neither a size nor a type.
  public var keySize: Int
  /// Bytes.
  public var valueSize: Int
  public var maxEntries: UInt32
  /// `BPF_F_*`.
  public var flags: UInt32
  /// `BPF_F_*` or a number of the type's own, such as how many hashes a bloom filter has.
  public var extra: UInt64
  /// Of a map of maps: what its inner maps are like.
  public var inner: [MapDefinition]

  /// By sizes alone, without types.
  public init(type: BPFMapType, keySize: Int, valueSize: Int, maxEntries: UInt32, flags: UInt32 = 0) {
    self.type = type
    self.keySize = keySize
    self.valueSize = valueSize
    self.maxEntries = maxEntries
    self.flags = flags
    self.extra = 0
    self.inner = []
  }

  /// The definition of the object's map of that name; `nil` when it has none, or none that BTF describes.
  public init?(of map: String, in btf: BTF) {
    guard let variable = btf.section(".maps")?.variables.first(where: { $0.name == map }),
      let definition = MapDefinition(variable.type, depth: 0)
    else { return nil }
    self = definition
  }

  /// From the struct that stands for a map.
  private init?(_ structure: BTFType, depth: Int) {
    guard depth < 2, !structure.members.isEmpty else { return nil }
    /// `__uint(name, N)` is `int (*name)[N]`.
    func number(_ name: String) -> Int {
      guard let member = structure.member(name), case .pointer(let target) = structure.type(of: member).resolved.kind
      else { return 0 }
      return structure.other(target).array?.count ?? 0
    }
    /// `__type(name, T)` is `T *name`.
    func type(_ name: String) -> BTFType? {
      guard let member = structure.member(name), case .pointer(let target) = structure.type(of: member).resolved.kind
      else { return nil }
      return structure.other(target)
    }
    self.type = BPFMapType(rawValue: UInt32(clamping: number("type")))
    self.keyType = type("key")
    self.valueType = type("value")
    self.keySize = keyType?.size ?? number("key_size")
    self.valueSize = valueType?.size ?? number("value_size")
    self.maxEntries = UInt32(clamping: number("max_entries"))
    self.flags = UInt32(clamping: number("map_flags"))
    self.extra = UInt64(clamping: number("map_extra"))
    self.inner = []
    // `__array(values, T)` is `T *values[]`.
    if let values = structure.member("values"), let (pointer, _) = structure.type(of: values).array,
      case .pointer(let target) = pointer.resolved.kind,
      let inner = MapDefinition(structure.other(target).resolved, depth: depth + 1)
    {
      self.inner = [inner]
    }
  }
}

extension BPFMap {
  /// How the program defines it; `nil` for sections of global data.
  public var definition: MapDefinition? {
    var definition = MapDefinition(of: name, in: object.btf)
    if let inner = object.innerDefinitions[name] { definition?.inner = [inner] }
    return definition
  }

  /// Of a map of maps: a new, empty map of the kind that it holds.
  ///
  /// - Parameter maxEntries: `nil` for as many as the definition says. Only hashes, and arrays with
  ///   `BPF_F_INNER_MAP`, may differ from it (kernel/bpf/map_in_map.c).
  public func makeInner(maxEntries: UInt32? = nil) throws(BPFError) -> KernelMap {
    guard let inner = definition?.inner.first else {
      throw BPFError(
        .badArgument, operation: "making an inner map for map `\(name)`",
        detail: "its definition doesn't say what it holds (`__array(values, …)`)")
    }
    // What the definition leaves to a loader.
    let missing = LoaderSizes(
      inner.type, keySize: inner.keySize, valueSize: inner.valueSize, maxEntries: maxEntries ?? inner.maxEntries)
    let keySize = missing?.keySize.map { Int($0) } ?? inner.keySize
    let valueSize = missing?.valueSize.map { Int($0) } ?? inner.valueSize
    func make(types: (btf: Int32, key: UInt32, value: UInt32)?) throws(BPFError) -> KernelMap {
      try KernelMap.create(
        inner.type, name: name, keySize: keySize, valueSize: valueSize,
        maxEntries: missing?.maxEntries ?? maxEntries ?? inner.maxEntries, flags: inner.flags, extra: inner.extra,
        types: types)
    }
    // The kernel compares what BTF says of both (`btf_record_equal`), so it is told as libbpf tells it of the first.
    let own = bpf_object__btf_fd(object.pointer)
    let btf = own >= 0 ? own : inner.keyType == nil ? -1 : object.earlyTypes?.number ?? -1
    if btf >= 0, let key = inner.keyType, let value = inner.valueType,
      let map = try? make(types: (btf, key.id, value.id))
    {
      return map
    }
    return try make(types: nil)
  }
}

extension KernelMap {
  /// Of a map of maps: the map under a key, `nil` when there is none.
  public func inner(key: [UInt8]) throws(BPFError) -> KernelMap? {
    guard let bytes = try lookup(key: key)?.first, bytes.count == 4 else { return nil }
    // User space sees the inner map's number (kernel/bpf/map_in_map.c, bpf_map_fd_sys_lookup_elem).
    let id = bytes.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    return try KernelMap.withID(id, name: name)
  }
}
