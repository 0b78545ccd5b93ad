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
  public var keyType: BTFType? { type(bpf_map__btf_key_type_id(pointer)) }

  /// The type of its values in the object's BTF, `nil` for a map defined by sizes only.
  public var valueType: BTFType? { type(bpf_map__btf_value_type_id(pointer)) }

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
        detail: "bytes \(offset) to \(offset + bytes.count) lie outside its \(size)")
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

  /// Bytes that the kernel copies for one lookup: a value, or one for each CPU, each padded to eight bytes.
  private var lookupSize: Int {
    type.isPerCPU ? (valueSize + 7) / 8 * 8 * BPFSystem.possibleCPUs : valueSize
  }

  func loadedDescriptor(_ operation: String) throws(BPFError) -> Int32 {
    guard let descriptor else {
      throw BPFError(.badArgument, operation: "\(operation) of map `\(name)`", detail: "it isn't loaded")
    }
    return descriptor
  }

  private func check(_ bytes: [UInt8], _ size: Int, _ what: String, _ operation: String) throws(BPFError) {
    guard bytes.count == size else {
      throw BPFError(
        .badArgument, operation: "\(operation) of map `\(name)`",
        detail: "the \(what) has \(bytes.count) bytes, and the map's have \(size)")
    }
  }

  /// Writes a value (`bpf_map_update_elem` with `BPF_ANY`). Of a per-CPU map `values` holds one for each CPU in order;
  /// those missing become zeros.
  public func update(key: [UInt8], values: [[UInt8]]) throws(BPFError) {
    let descriptor = try loadedDescriptor("update")
    try check(key, keySize, "key", "update")
    var raw: [UInt8] = []
    if type.isPerCPU {
      guard values.count <= BPFSystem.possibleCPUs else {
        throw BPFError(
          .badArgument, operation: "update of map `\(name)`",
          detail: "\(values.count) values for \(BPFSystem.possibleCPUs) possible CPUs")
      }
      let stride = (valueSize + 7) / 8 * 8
      raw = [UInt8](repeating: 0, count: lookupSize)
      for (cpu, value) in values.enumerated() {
        try check(value, valueSize, "value", "update")
        raw.replaceSubrange((cpu * stride)..<(cpu * stride + valueSize), with: value)
      }
    } else {
      raw = values.first ?? []
      try check(raw, valueSize, "value", "update")
    }
    let result = bpf_map_update_elem(descriptor, key, raw, UInt64(BPF_ANY))
    guard result == 0 else {
      throw BPFError(.kernel, errno: -result, operation: "update of map `\(name)`")
    }
  }

  /// Sets every value of an array to zeros, of all CPUs where it has one for each.
  ///
  /// In one call (`bpf_map_update_batch`, since 5.6, of per-CPU arrays since 5.13), or entry by entry where the kernel
  /// has no such call for the map.
  public func fillWithZeros() throws(BPFError) {
    let descriptor = try loadedDescriptor("update")
    let keys = (0..<maxEntries).flatMap { index in withUnsafeBytes(of: index) { [UInt8]($0) } }
    let zeros = [UInt8](repeating: 0, count: lookupSize * Int(maxEntries))
    if maxEntries > 1 {
      var count = maxEntries
      if bpf_map_update_batch(descriptor, keys, zeros, &count, nil) == 0 { return }
    }
    for index in 0..<maxEntries {
      try update(key: withUnsafeBytes(of: index) { [UInt8]($0) }, values: [[UInt8](repeating: 0, count: valueSize)])
    }
  }

  /// Puts a loaded program, or a map, under a key of a map that holds such: its descriptor is what the kernel wants.
  public func update(key: [UInt8], descriptor value: Int32) throws(BPFError) {
    try update(key: key, values: [withUnsafeBytes(of: value) { [UInt8]($0) }])
  }

  /// The values under a key: one, or one for each CPU; `nil` when there is none (`bpf_map_lookup_elem`).
  public func lookup(key: [UInt8]) throws(BPFError) -> [[UInt8]]? {
    let descriptor = try loadedDescriptor("lookup")
    try check(key, keySize, "key", "lookup")
    var raw = [UInt8](repeating: 0, count: lookupSize)
    let result = bpf_map_lookup_elem(descriptor, key, &raw)
    if result == -ENOENT { return nil }
    guard result == 0 else { throw BPFError(.kernel, errno: -result, operation: "lookup in map `\(name)`") }
    guard type.isPerCPU else { return [raw] }
    let stride = (valueSize + 7) / 8 * 8
    return (0..<BPFSystem.possibleCPUs).map { [UInt8](raw[($0 * stride)..<($0 * stride + valueSize)]) }
  }

  /// Deletes a key; `false` when it wasn't there (`bpf_map_delete_elem`).
  @discardableResult
  public func delete(key: [UInt8]) throws(BPFError) -> Bool {
    let descriptor = try loadedDescriptor("delete")
    try check(key, keySize, "key", "delete")
    let result = bpf_map_delete_elem(descriptor, key)
    guard result == 0 || result == -ENOENT else {
      throw BPFError(.kernel, errno: -result, operation: "delete from map `\(name)`")
    }
    return result == 0
  }

  /// Every key, in the kernel's order (`bpf_map_get_next_key`).
  public func keys() throws(BPFError) -> [[UInt8]] {
    let descriptor = try loadedDescriptor("iteration")
    var keys: [[UInt8]] = []
    var next = [UInt8](repeating: 0, count: keySize)
    var result = bpf_map_get_next_key(descriptor, nil, &next)
    // A map that changes meanwhile could start over; it never has more keys than this.
    while result == 0, keys.count <= Int(maxEntries) {
      keys.append(next)
      let current = next
      result = bpf_map_get_next_key(descriptor, current, &next)
    }
    guard result == 0 || result == -ENOENT else {
      throw BPFError(.kernel, errno: -result, operation: "iteration of map `\(name)`")
    }
    return keys
  }
}
