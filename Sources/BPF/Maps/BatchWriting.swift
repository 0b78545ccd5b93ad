import CLibbpf
import Glibc

extension KernelMap {
  /// Writes many entries, many with one system call where the kernel has that for this type of map
  /// (`bpf_map_update_batch`, since 5.6 for some), otherwise one by one. Those before one that is refused are written.
  public func update(_ entries: [Entry]) throws(BPFError) {
    var rest = entries[...]
    while hasBatches, rest.count >= Self.leastForBatch {
      var (keys, values): ([UInt8], [UInt8]) = ([], [])
      let batch = rest.prefix(Self.batchLength)
      for entry in batch {
        try check(entry.key, keySize, "key", "update")
        keys += entry.key
        values += try raw(entry.values)
      }
      let written = Self.count(of: batch.count) { count in
        bpf_map_update_batch(descriptor, keys, values, &count, nil)
      }
      rest = rest.dropFirst(written)
      // What stopped it is tried once more by itself, so that the refusal is told of the entry that it is about.
      if written < batch.count { break }
    }
    for entry in rest { try update(key: entry.key, values: entry.values) }
  }

  /// Deletes many keys, many with one system call where the kernel has that (`bpf_map_delete_batch`); those that aren't
  /// there are passed over.
  public func delete(keys: [[UInt8]]) throws(BPFError) {
    var rest = keys[...]
    while hasBatches, rest.count >= Self.leastForBatch {
      let batch = rest.prefix(Self.batchLength)
      for key in batch { try check(key, keySize, "key", "delete") }
      let joined = Array(batch.joined())
      let deleted = Self.count(of: batch.count) { count in bpf_map_delete_batch(descriptor, joined, &count, nil) }
      rest = rest.dropFirst(deleted)
      if deleted < batch.count { break }
    }
    for key in rest { try delete(key: key) }
  }

  /// Sets every value of an array to zeros, of all CPUs where it has one for each: in batches, as `update` does, but all
  /// from one buffer.
  public func fillWithZeros() throws(BPFError) {
    let room = min(Int(maxEntries), Self.batchLength, max(1, Self.mostZeros / lookupSize))
    let zeros = [UInt8](repeating: 0, count: room * lookupSize)
    var index: UInt32 = 0
    while hasBatches, index < maxEntries {
      let wanted = min(UInt32(room), maxEntries - index)
      let keys = Array(index..<index + wanted)
      let written = Self.count(of: Int(wanted)) { count in
        bpf_map_update_batch(descriptor, keys, zeros, &count, nil)
      }
      index += UInt32(written)
      if written < wanted { break }
    }
    let value = type.isPerCPU ? [] : [[UInt8](repeating: 0, count: valueSize)]
    for index in index..<maxEntries {
      try update(key: withUnsafeBytes(of: index) { [UInt8]($0) }, values: value)
    }
  }

  /// Bytes of zeros written at once.
  private static let mostZeros = 1 << 20

  /// How many entries of a batch were dealt with. The kernel counts them, also when it stops at one (`generic_map_update_batch`
  /// of kernel/bpf/syscall.c), and leaves the number as it was when it has no batches at all.
  private static func count(of wanted: Int, _ body: (inout UInt32) -> Int32) -> Int {
    var count = UInt32(wanted)
    let result = body(&count)
    if result == 0 { return wanted }
    return Int(count) < wanted ? Int(count) : 0
  }
}
