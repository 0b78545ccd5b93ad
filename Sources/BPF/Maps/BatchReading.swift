import CLibbpf
import Glibc

extension KernelMap {
  /// A key, and the value under it: one, or one for each CPU.
  public typealias Entry = (key: [UInt8], values: [[UInt8]])

  /// Fewer entries than this are read one by one as fast.
  static let leastForBatch = 16
  /// Entries asked for at once.
  static let batchLength = 1024

  /// Every entry, in the kernel's order: many with one system call where the kernel has that for this type of map
  /// (`bpf_map_lookup_batch`, since 5.6 for some), otherwise key by key. Keys without a value are left out.
  public func entries() throws(BPFError) -> [Entry] {
    if hasBatches, let entries = batched() { return entries }
    var entries: [Entry] = []
    for key in try keys() {
      // Gone in between, as from an LRU map, or an empty slot of a map that holds programs or maps.
      if let values = try lookup(key: key) { entries.append((key, values)) }
    }
    return entries
  }

  /// `nil` when the kernel won't, or the map changed so much meanwhile that a batch met no end.
  private func batched() -> [Entry]? {
    var room = min(Int(maxEntries), Self.batchLength)
    // The place where the next batch begins: a key, or for hashes the number of a bucket (kernel/bpf/hashtab.c).
    var place = [UInt8](repeating: 0, count: max(keySize, 8))
    var isFirst = true
    var entries: [Entry] = []
    while entries.count <= Int(maxEntries) {
      var keys = [UInt8](repeating: 0, count: room * keySize)
      var values = [UInt8](repeating: 0, count: room * lookupSize)
      var count = UInt32(room)
      let from = place
      let result = from.withUnsafeBytes { start in
        bpf_map_lookup_batch(
          descriptor, isFirst ? nil : UnsafeMutableRawPointer(mutating: start.baseAddress), &place, &keys, &values,
          &count, nil)
      }
      // A bucket of a hash holds more than there was room for.
      if result == -ENOSPC, room < Int(maxEntries) {
        room = min(room * 2, Int(maxEntries))
        continue
      }
      guard result == 0 || result == -ENOENT, Int(count) <= room else { return nil }
      for index in 0..<Int(count) {
        let key = [UInt8](keys[(index * keySize)..<((index + 1) * keySize)])
        entries.append((key, split(values[(index * lookupSize)..<((index + 1) * lookupSize)])))
      }
      if result == -ENOENT { return entries }
      isFirst = false
    }
    return nil
  }
}

extension KernelMap {
  /// Whether this map is large enough for batches to be worth it, and of a type that some kernel has them for; older
  /// kernels answer `ENOTSUPP` (include/linux/bpf.h, `map_lookup_batch`). Maps of maps have batches too, and theirs leave
  /// the ids out on old kernels.
  var hasBatches: Bool {
    switch type {
    case .hash, .array, .lruHash, .perCPUHash, .lruPerCPUHash, .perCPUArray, .lpmTrie: maxEntries >= Self.leastForBatch
    default: false
    }
  }
}
