import CLibbpf

/// How much of the kernel's memory maps take from the moment that they are made, about: what they allocate later, entry by
/// entry, isn't counted.
public enum MapMemory {
  /// Header of an element of a hash (kernel/bpf/hashtab.c: `struct htab_elem`), and a bucket of it (`struct bucket`).
  private static let element = 56
  private static let bucket = 16

  /// Bytes of one map. `flags` are `BPF_F_*` of the map.
  public static func bytes(
    _ type: BPFMapType, keySize: Int, valueSize: Int, maxEntries: UInt32, flags: UInt32 = 0, cpus: Int = 1
  ) -> Int {
    let entries = Int(maxEntries)
    func times(_ each: Int) -> Int {
      let (product, overflow) = entries.multipliedReportingOverflow(by: max(0, each))
      return overflow ? Int.max / 4 : min(product, Int.max / 4)
    }
    func words(_ size: Int) -> Int { max(0, min(size, 1 << 40)) / 8 * 8 + 8 }
    let cpus = max(1, min(cpus, 8192))
    switch type {
    case .array: return times(words(valueSize - 1))
    case .perCPUArray: return times(8 + words(valueSize - 1) * cpus)
    case .hash, .lruHash, .perCPUHash, .lruPerCPUHash:
      let isPerCPU = type == .perCPUHash || type == .lruPerCPUHash
      let value = isPerCPU ? 8 + words(valueSize - 1) * cpus : words(valueSize - 1)
      let isAllocatedLater = flags & UInt32(BPF_F_NO_PREALLOC) != 0
      return times(2 * bucket + (isAllocatedLater ? 0 : element + words(keySize - 1) + value))
    case .stackTrace: return times(bucket + words(valueSize - 1) + 16)
    // Their entries are bytes.
    case .ringBuffer, .userRingBuffer, .bloomFilter: return entries
    case .queue, .stack: return times(valueSize)
    // Filled entry by entry, or page by page.
    case .lpmTrie, .arena, .cgroupStorage, .perCPUCgroupStorage, .skStorage, .inodeStorage, .taskStorage,
      .cgroupLocalStorage:
      return 0
    // Pointers.
    default: return times(8)
    }
  }
}

extension BPFObject {
  /// Bytes of kernel memory that its maps take once it is loaded, those of global data included, about.
  public var mapMemory: Int {
    maps.reduce(0) { $0 + $1.memory }
  }
}

extension BPFMap {
  /// Bytes of kernel memory that it takes once it is made, about.
  public var memory: Int {
    MapMemory.bytes(
      type, keySize: keySize, valueSize: valueSize, maxEntries: maxEntries, flags: flags,
      cpus: BPFSystem.possibleCPUs)
  }

  /// `BPF_F_*` that it is made with (`bpf_map__map_flags`).
  public var flags: UInt32 { bpf_map__map_flags(pointer) }
}
