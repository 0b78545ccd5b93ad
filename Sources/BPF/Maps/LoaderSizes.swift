/// Sizes that a map's definition leaves to the program that loads it, and the least that the kernel takes.
public struct LoaderSizes: Hashable, Sendable {
  /// `max_entries`; `nil` where the definition says it, or the type has none.
  public var maxEntries: UInt32?
  /// Bytes of a key.
  public var keySize: UInt32?
  /// Bytes of a value.
  public var valueSize: UInt32?

  /// What is missing of a map of that type; `nil` when nothing is. The rules are those of each `map_alloc_check` of the
  /// kernel (kernel/bpf/hashtab.c, arraymap.c …); veristat fills in the same.
  public init?(_ type: BPFMapType, keySize: Int, valueSize: Int, maxEntries: UInt32) {
    switch type {
    // Local storage has no size of its own, nor has what libbpf sizes itself.
    case .cgroupStorage, .perCPUCgroupStorage, .structOps: return nil
    case let type where type.isLocalStorage: return nil
    // Whole pages, and neither keys nor values.
    case .ringBuffer, .userRingBuffer: self.maxEntries = maxEntries == 0 ? 4096 : nil
    case .arena: self.maxEntries = maxEntries == 0 ? 1 : nil
    default:
      // libbpf counts the processors for it.
      if maxEntries == 0, type != .perfEventArray { self.maxEntries = 1 }
      // A prefix length, and something that it is of.
      if keySize == 0, !type.isKeyless { self.keySize = type == .lpmTrie ? 8 : 4 }
      if valueSize == 0 { self.valueSize = type == .stackTrace ? 8 : 4 }
    }
    if self.maxEntries == nil, self.keySize == nil, self.valueSize == nil { return nil }
  }

  /// `1 entry, keys of 4 bytes`.
  public var description: String {
    [
      maxEntries.map { $0 == 1 ? "1 entry" : "\($0) entries" }, keySize.map { "keys of \($0) bytes" },
      valueSize.map { "values of \($0) bytes" },
    ].compactMap { $0 }.joined(separator: ", ")
  }
}
