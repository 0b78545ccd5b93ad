import CLibbpf
import Glibc

/// A map in the kernel, by its descriptor: one of a loaded object, or one that stands in no object, such as a map inside
/// a map of maps. All that reads and writes entries is here; `BPFMap` passes it on.
public struct KernelMap {
  /// Open as long as this value, or a copy of it, lives.
  public let descriptor: Int32
  public let type: BPFMapType
  /// Bytes.
  public let keySize: Int
  /// Bytes, for one CPU.
  public let valueSize: Int
  /// 0 where the kernel says so, as for a ring buffer that isn't there any more.
  public let maxEntries: UInt32
  private let owner: Owner

  private enum Owner {
    case object(BPFMap)
    case descriptor(OwnedDescriptor, name: String)
  }

  init(_ map: BPFMap, descriptor: Int32) {
    self.descriptor = descriptor
    self.type = map.type
    self.keySize = map.keySize
    self.valueSize = map.valueSize
    self.maxEntries = map.maxEntries
    self.owner = .object(map)
  }

  /// Asks the kernel about a map (`bpf_obj_get_info_by_fd`).
  init(owning owned: OwnedDescriptor, name: String) throws(BPFError) {
    let descriptor = owned.number
    var info = bpf_map_info()
    var length = UInt32(MemoryLayout<bpf_map_info>.size)
    let result = bpf_obj_get_info_by_fd(descriptor, &info, &length)
    guard result == 0 else { throw BPFError(.kernel, errno: -result, operation: "asking about map `\(name)`") }
    self.descriptor = descriptor
    self.type = BPFMapType(rawValue: info.type)
    self.keySize = Int(info.key_size)
    self.valueSize = Int(info.value_size)
    self.maxEntries = info.max_entries
    self.owner = .descriptor(owned, name: name)
  }

  /// A new map (`bpf_map_create`).
  ///
  /// - Parameter flags: `BPF_F_*` of linux/bpf.h, such as `BPF_F_NO_PREALLOC`.
  public static func create(
    _ type: BPFMapType, name: String, keySize: Int, valueSize: Int, maxEntries: UInt32, flags: UInt32 = 0
  ) throws(BPFError) -> KernelMap {
    try create(
      type, name: name, keySize: keySize, valueSize: valueSize, maxEntries: maxEntries, flags: flags, extra: 0)
  }

  /// - Parameter types: the types of keys and values in a BTF that the kernel has, where they are known.
  static func create(
    _ type: BPFMapType, name: String, keySize: Int, valueSize: Int, maxEntries: UInt32, flags: UInt32,
    extra: UInt64 = 0, types: (btf: Int32, key: UInt32, value: UInt32)? = nil
  ) throws(BPFError) -> KernelMap {
    guard let key = UInt32(exactly: keySize), let value = UInt32(exactly: valueSize) else {
      throw BPFError(.badArgument, operation: "creating map `\(name)`", detail: "its sizes are out of range")
    }
    var options = bpf_map_create_opts()
    options.sz = MemoryLayout<bpf_map_create_opts>.size
    options.map_flags = flags
    options.map_extra = extra
    if let types {
      options.btf_fd = UInt32(bitPattern: types.btf)
      options.btf_key_type_id = types.key
      options.btf_value_type_id = types.value
    }
    // The kernel takes 15 bytes of letters, digits, `_` and `.` (bpf_obj_name_cpy of kernel/bpf/syscall.c).
    let descriptor = bpf_map_create(
      bpf_map_type(rawValue: type.rawValue), String(name.prefix(15)), key, value, maxEntries, &options)
    guard descriptor >= 0 else {
      throw BPFError(.kernel, errno: -descriptor, operation: "creating \(type) map `\(name)`")
    }
    return try KernelMap(owning: OwnedDescriptor(descriptor), name: name)
  }

  /// The map of that number in the kernel (`bpf_map_get_fd_by_id`); `nil` when there is none any more.
  public static func withID(_ id: UInt32, name: String) throws(BPFError) -> KernelMap? {
    guard let opened = try OpenedID.map(id) else { return nil }
    return try KernelMap(owning: opened.owner, name: name)
  }

  /// Its name, for messages.
  public var name: String {
    switch owner {
    case .object(let map): map.name
    case .descriptor(_, let name): name
    }
  }

  // MARK: Sizes

  private var stride: Int { (valueSize + 7) / 8 * 8 }

  /// Bytes that the kernel copies for one lookup: a value, or one for each CPU, each padded to eight bytes.
  var lookupSize: Int { type.isPerCPU ? stride * BPFSystem.possibleCPUs : valueSize }

  /// The values in what the kernel copied: one, or one for each CPU.
  func split(_ raw: ArraySlice<UInt8>) -> [[UInt8]] {
    guard type.isPerCPU else { return [[UInt8](raw)] }
    return (0..<BPFSystem.possibleCPUs).map { cpu in
      let start = raw.startIndex + cpu * stride
      return [UInt8](raw[start..<(start + valueSize)])
    }
  }

  /// What the kernel takes for the values under one key: a value, or one for each CPU, those missing as zeros.
  func raw(_ values: [[UInt8]]) throws(BPFError) -> [UInt8] {
    guard type.isPerCPU else {
      let value = values.first ?? []
      try check(value, valueSize, "value", "update")
      return value
    }
    guard values.count <= BPFSystem.possibleCPUs else {
      throw BPFError(
        .badArgument, operation: "update of map `\(name)`",
        detail:
          "\(values.count) values for \(BPFSystem.possibleCPUs) possible \(BPFSystem.possibleCPUs == 1 ? "CPU" : "CPUs"); "
          + "a test's `cpus: \(values.count)` gives a micro-VM so many")
    }
    var raw = [UInt8](repeating: 0, count: lookupSize)
    for (cpu, value) in values.enumerated() {
      try check(value, valueSize, "value", "update")
      raw.replaceSubrange((cpu * stride)..<(cpu * stride + valueSize), with: value)
    }
    return raw
  }

  func check(_ bytes: [UInt8], _ size: Int, _ what: String, _ operation: String) throws(BPFError) {
    guard bytes.count == size else {
      throw BPFError(
        .badArgument, operation: "\(operation) of map `\(name)`",
        detail: "the \(what) has \(bytes.count) bytes, and the map's have \(size)")
    }
  }

  func refused(_ result: Int32, _ operation: String, detail: String = "") -> BPFError {
    BPFError(.kernel, errno: -result, operation: "\(operation) map `\(name)`", detail: detail)
  }

  // MARK: Entries

  /// Writes a value (`bpf_map_update_elem`). Of a per-CPU map `values` holds one for each CPU in order; those missing
  /// become zeros.
  ///
  /// - Parameter flags: `BPF_ANY`, `BPF_NOEXIST`, `BPF_EXIST`, `BPF_F_LOCK` of linux/bpf.h.
  public func update(key: [UInt8], values: [[UInt8]], flags: UInt64 = 0) throws(BPFError) {
    try check(key, keySize, "key", "update")
    let result = bpf_map_update_elem(descriptor, key, try raw(values), flags)
    guard result == 0 else { throw refused(result, "update of", detail: meaning(of: -result, key)) }
  }

  /// What an errno of an update means of this type of map (kernel/bpf: `map_update_elem` of its operations).
  private func meaning(of errno: Int32, _ key: [UInt8]) -> String {
    switch errno {
    case E2BIG: room(for: key)
    case ENOSPC: "it is full, with room for \(maxEntries) entries"
    case EEXIST: "the entry is there already, and only a new one may be made"
    case EBUSY: "the entry, or what it refers to, is in use"
    case EPERM: "it can't be written from user space: it is frozen, or made with BPF_F_RDONLY"
    case ENOMEM: "the kernel has no memory for another entry"
    case EBADF: "the value is no descriptor of what \(type) maps hold"
    case EOPNOTSUPP, Errno.notSupported:
      "\(type) maps aren't written so, or don't take that kind of socket or device"
    default: ""
    }
  }

  /// What `E2BIG` means of this type of map.
  private func room(for key: [UInt8]) -> String {
    guard type.isIndexed else { return "it is full with \(maxEntries) entries" }
    let index = key.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return "its keys go from 0 to \(max(1, maxEntries) - 1), and here is \(index)"
  }

  /// The values under a key: one, or one for each CPU; `nil` when there is none (`bpf_map_lookup_elem`).
  public func lookup(key: [UInt8]) throws(BPFError) -> [[UInt8]]? {
    try check(key, keySize, "key", "lookup")
    var raw = [UInt8](repeating: 0, count: max(1, lookupSize))
    let result = bpf_map_lookup_elem(descriptor, key, &raw)
    if result == -ENOENT { return nil }
    guard result == 0 else { throw refused(result, "lookup in") }
    return type.isPerCPU ? split(raw[...]) : [raw]
  }

  /// Deletes a key; `false` when it wasn't there (`bpf_map_delete_elem`).
  @discardableResult
  public func delete(key: [UInt8]) throws(BPFError) -> Bool {
    try check(key, keySize, "key", "delete")
    let result = bpf_map_delete_elem(descriptor, key)
    // An empty slot of a sock map is EINVAL (sock_map_delete_elem of net/core/sock_map.c).
    if result == -EINVAL, type == .sockMap { return false }
    guard result == 0 || result == -ENOENT else { throw refused(result, "delete from") }
    return result == 0
  }

  /// Every key, in the kernel's order (`bpf_map_get_next_key`).
  public func keys() throws(BPFError) -> [[UInt8]] {
    var keys: [[UInt8]] = []
    var next = [UInt8](repeating: 0, count: max(1, keySize))
    var result = bpf_map_get_next_key(descriptor, nil, &next)
    // A map that changes meanwhile could start over; it never has more keys than this.
    while result == 0, keys.count <= Int(maxEntries) {
      keys.append(next)
      let current = next
      result = bpf_map_get_next_key(descriptor, current, &next)
    }
    guard result == 0 || result == -ENOENT else { throw refused(result, "iteration of") }
    return keys
  }
}

/// A descriptor that is closed when nobody uses it any more.
final class OwnedDescriptor: Sendable {
  let number: Int32
  init(_ number: Int32) { self.number = number }
  deinit { close(number) }
}
