import CLibbpf
import Glibc

/// A map of an object.
public struct BPFMap {
  public let object: BPFObject
  let pointer: OpaquePointer

  /// Its name (`bpf_map__name`).
  public var name: String { String(cString: bpf_map__name(pointer)) }

  /// Its type (`bpf_map__type`).
  public var type: BPFMapType { BPFMapType(rawValue: bpf_map__type(pointer).rawValue) }

  /// Bytes of a key (`bpf_map__key_size`).
  public var keySize: Int { Int(bpf_map__key_size(pointer)) }

  /// Bytes of a value, for one CPU (`bpf_map__value_size`).
  public var valueSize: Int { Int(bpf_map__value_size(pointer)) }

  /// The most entries it holds; 0 where load sets it, as for a perf event array (`bpf_map__max_entries`).
  public var maxEntries: UInt32 { bpf_map__max_entries(pointer) }

  /// The type of its keys in the object's BTF, `nil` for a map defined by sizes only (`bpf_map__btf_key_type_id`).
  public var keyType: BTFType? {
    type(bpf_map__btf_key_type_id(pointer)) ?? forgotten(\.keyType, size: keySize)
  }

  /// The type of its values in the object's BTF, `nil` for a map defined by sizes only.
  public var valueType: BTFType? {
    type(bpf_map__btf_value_type_id(pointer)) ?? forgotten(\.valueType, size: valueSize)
  }

  /// libbpf forgets the types of queues, stacks, device maps and others when it creates them, since the kernel takes none
  /// for those (libbpf.c: `bpf_object__create_map`).
  private func forgotten(_ part: KeyPath<MapDefinition, BTFType?>, size: Int) -> BTFType? {
    guard object.isLoaded, !isInternal, let type = MapDefinition(of: name, in: object.btf)?[keyPath: part],
      type.size == size
    else { return nil }
    return type
  }

  private func type(_ id: UInt32) -> BTFType? { id == 0 ? nil : object.btf.type(id) }

  /// Whether libbpf made it for global data (`bpf_map__is_internal`).
  public var isInternal: Bool { bpf_map__is_internal(pointer) }

  /// The section of global data that it holds: `.bss`, `.rodata.mine`; `nil` for a map of the program's own.
  public var sectionName: String? {
    guard isInternal, let dot = name.firstIndex(of: ".") else { return nil }
    return String(name[dot...])
  }

  /// Whether the section can be written only before load.
  public var isReadOnly: Bool { sectionName.map { $0.hasPrefix(".rodata") || $0 == ".kconfig" } ?? false }

  /// Sets `max_entries` before load (`bpf_map__set_max_entries`).
  public func setMaxEntries(_ count: UInt32) throws(BPFError) {
    let result = bpf_map__set_max_entries(pointer, count)
    guard result == 0 else {
      throw BPFError(.badArgument, errno: -result, operation: "setting max_entries of map `\(name)` to \(count)")
    }
  }

  /// Where loading the object pins it, `nil` for nowhere: opening an object forgets what its maps' definitions ask for
  /// (`LIBBPF_PIN_BY_NAME`), so that no test leaves anything behind (`bpf_map__pin_path`).
  public var pinPath: String? { bpf_map__pin_path(pointer).map { String(cString: $0) } }

  /// Has load pin the map there, or use the one that is pinned there already (`bpf_map__set_pin_path`).
  public func setPinPath(_ path: String?) throws(BPFError) {
    let result = bpf_map__set_pin_path(pointer, path)
    guard result == 0 else {
      throw BPFError(.badArgument, errno: -result, operation: "setting the pin path of map `\(name)`")
    }
  }

  /// Sets `value_size`, in bytes, before load (`bpf_map__set_value_size`): its BTF type is forgotten where it doesn't fit.
  /// Sections of globals are resized before they are opened: `SectionSizes`.
  public func setValueSize(_ size: UInt32) throws(BPFError) {
    if isInternal, size != valueSize {
      throw BPFError(
        .badArgument, operation: "setting value_size of section `\(sectionName ?? name)` to \(size)",
        detail: "the sizes of sections are given when the object is opened (`sectionSizes:`)")
    }
    let result = bpf_map__set_value_size(pointer, size)
    guard result == 0 else {
      throw BPFError(.badArgument, errno: -result, operation: "setting value_size of map `\(name)` to \(size)")
    }
  }

  /// Sets `key_size`, in bytes, before load (`bpf_map__set_key_size`).
  public func setKeySize(_ size: UInt32) throws(BPFError) {
    let result = bpf_map__set_key_size(pointer, size)
    guard result == 0 else {
      throw BPFError(.badArgument, errno: -result, operation: "setting key_size of map `\(name)` to \(size)")
    }
  }

  /// Of a map of maps: says before load what its maps are like, where its definition leaves it to the loader
  /// (`bpf_map__set_inner_map_fd`).
  public func setInner(_ definition: MapDefinition) throws(BPFError) {
    object.innerDefinitions[name] = definition
    try setInnerPrototype(try makeInner())
  }

  /// Of a map of maps: sets the `max_entries` of its inner maps before load. libbpf up to 1.2 crashes when it is asked to
  /// change an inner map, so it is given one made here to go by (`bpf_map__set_inner_map_fd`).
  public func setInnerMaxEntries(_ count: UInt32) throws(BPFError) {
    try setInnerPrototype(try makeInner(maxEntries: count))
  }

  private func setInnerPrototype(_ inner: KernelMap) throws(BPFError) {
    let result = bpf_map__set_inner_map_fd(pointer, inner.descriptor)
    guard result == 0 else {
      throw BPFError(.badArgument, errno: -result, operation: "saying what the maps in map `\(name)` are like")
    }
    // libbpf looks at it when it makes the map, and leaves closing it to us.
    object.innerPrototypes.append(inner)
  }

  /// The descriptor of the created map, `nil` before load (`bpf_map__fd`).
  public var descriptor: Int32? {
    let fd = bpf_map__fd(pointer)
    return fd >= 0 ? fd : nil
  }

  /// The bytes of a section of global data: their initial values before load, the current ones after.
  public func globals() throws(BPFError) -> [UInt8] {
    guard object.isLoaded else { return [UInt8](try initialValue()) }
    // libbpf's own copy is not the kernel's, other than in skeletons: the section is the value under key 0.
    guard let value = try lookup(key: [0, 0, 0, 0])?.first else {
      throw BPFError(.kernel, errno: ENOENT, operation: "reading globals of section `\(sectionName ?? name)`")
    }
    return value
  }

  /// Writes into a section of global data at byte `offset`. Read-only sections can be written only before load.
  public func writeGlobals(_ bytes: [UInt8], at offset: Int) throws(BPFError) {
    let section = sectionName ?? name
    if isReadOnly && object.isLoaded {
      throw BPFError(
        .badArgument, errno: EPERM, operation: "writing globals of section `\(section)`",
        detail: "they are read-only once the object is loaded")
    }
    let size = try initialValue().count
    guard offset >= 0, offset <= size, bytes.count <= size - offset else {
      throw BPFError(
        .badArgument, operation: "writing globals of section `\(section)`",
        detail: "\(bytes.count) bytes at byte \(offset) lie outside its \(size)")
    }
    if object.isLoaded {
      var value = try globals()
      value.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
      try update(key: [0, 0, 0, 0], values: [value])
    } else {
      UnsafeMutableRawBufferPointer(rebasing: try initialValue()[offset...]).copyBytes(from: bytes)
    }
  }

  /// The memory that libbpf copies into the section on load (`bpf_map__initial_value`).
  private func initialValue() throws(BPFError) -> UnsafeMutableRawBufferPointer {
    var size = 0
    guard let start = bpf_map__initial_value(pointer, &size) else {
      throw BPFError(
        .badArgument, operation: "globals of section `\(sectionName ?? name)`", detail: "the section has no memory")
    }
    return UnsafeMutableRawBufferPointer(start: UnsafeMutableRawPointer(mutating: start), count: size)
  }

  // MARK: Entries

  /// The map in the kernel, for all that can be done with its entries. Throws when the object isn't loaded.
  public func loaded(_ operation: String = "use") throws(BPFError) -> KernelMap {
    KernelMap(self, descriptor: try loadedDescriptor(operation))
  }

  func loadedDescriptor(_ operation: String) throws(BPFError) -> Int32 {
    guard let descriptor else {
      throw BPFError(.badArgument, operation: "\(operation) of map `\(name)`", detail: "it isn't loaded")
    }
    return descriptor
  }

  /// Writes a value; see `KernelMap.update`.
  public func update(key: [UInt8], values: [[UInt8]], flags: UInt64 = 0) throws(BPFError) {
    try loaded("update").update(key: key, values: values, flags: flags)
  }

  /// Sets every value of an array to zeros, of all CPUs where it has one for each.
  public func fillWithZeros() throws(BPFError) { try loaded("update").fillWithZeros() }

  /// Puts a loaded program, or a map, under a key of a map that holds such: its descriptor is what the kernel wants.
  public func update(key: [UInt8], descriptor value: Int32) throws(BPFError) {
    try update(key: key, values: [withUnsafeBytes(of: value) { [UInt8]($0) }])
  }

  /// The values under a key: one, or one for each CPU; `nil` when there is none.
  public func lookup(key: [UInt8]) throws(BPFError) -> [[UInt8]]? { try loaded("lookup").lookup(key: key) }

  /// Deletes a key; `false` when it wasn't there.
  @discardableResult
  public func delete(key: [UInt8]) throws(BPFError) -> Bool { try loaded("delete").delete(key: key) }

  /// Every key, in the kernel's order.
  public func keys() throws(BPFError) -> [[UInt8]] { try loaded("iteration").keys() }

  /// Every entry, in the kernel's order; see `KernelMap.entries`.
  public func entries() throws(BPFError) -> [KernelMap.Entry] { try loaded("iteration").entries() }
}
