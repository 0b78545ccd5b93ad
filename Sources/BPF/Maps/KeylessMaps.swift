import CLibbpf
import Glibc

/// Maps without keys: queues, stacks and bloom filters.
extension KernelMap {
  /// Adds a value to a queue, a stack or a bloom filter (`bpf_map_update_elem` without a key).
  ///
  /// Throws `E2BIG` when a queue or a stack is full.
  public func push(_ value: [UInt8]) throws(BPFError) {
    try check(value, valueSize, "value", "push")
    let result = bpf_map_update_elem(descriptor, nil, value, 0)
    guard result == 0 else { throw refused(result, "push to") }
  }

  /// Takes the next value out of a queue or a stack; `nil` when it is empty (`bpf_map_lookup_and_delete_elem`).
  public func pop() throws(BPFError) -> [UInt8]? {
    var value = [UInt8](repeating: 0, count: max(1, valueSize))
    let result = bpf_map_lookup_and_delete_elem(descriptor, nil, &value)
    if result == -ENOENT { return nil }
    guard result == 0 else { throw refused(result, "pop from") }
    return value
  }

  /// The next value of a queue or a stack, which stays; `nil` when it is empty (`bpf_map_lookup_elem`).
  public func peek() throws(BPFError) -> [UInt8]? {
    var value = [UInt8](repeating: 0, count: max(1, valueSize))
    let result = bpf_map_lookup_elem(descriptor, nil, &value)
    if result == -ENOENT { return nil }
    guard result == 0 else { throw refused(result, "peek into") }
    return value
  }

  /// Whether a bloom filter may hold a value; `false` is certain (`bpf_map_lookup_elem` with the value).
  public func mayContain(_ value: [UInt8]) throws(BPFError) -> Bool {
    try check(value, valueSize, "value", "lookup")
    var value = value
    let result = bpf_map_lookup_elem(descriptor, nil, &value)
    guard result == 0 || result == -ENOENT else { throw refused(result, "lookup in") }
    return result == 0
  }

  /// Every value of a queue or a stack, in the order in which they would be popped. They are taken out and put back, since
  /// the kernel shows only the next: a program that runs meanwhile sees fewer.
  public func sequence() throws(BPFError) -> [[UInt8]] {
    var values: [[UInt8]] = []
    while values.count <= Int(maxEntries), let value = try pop() { values.append(value) }
    for value in type == .stack ? values.reversed() : values { try push(value) }
    return values
  }

  /// Takes everything out of a queue or a stack.
  public func removeAll() throws(BPFError) {
    while try pop() != nil {}
  }
}
