import CBPFShims
import CLibbpf
import Glibc

/// The memory that an arena shares with user space (kernel/bpf/arena.c, since 6.9), mapped into this process.
///
/// The verifier wants to know an arena's address in user space before it looks at a program that uses it, and libbpf before
/// 1.5 knows no arenas: the map is made and mapped here, and libbpf is told to use it. What such a libbpf can't do
/// remains: variables in the arena (`__arena int x`, section `.addr_space.1`).
final class ArenaMemory {
  let base: UnsafeMutableRawPointer
  let size: Int

  init(_ map: KernelMap, at address: UInt64) throws(BPFError) {
    let page = sysconf(Int32(_SC_PAGESIZE))
    let (size, overflow) = Int(map.maxEntries).multipliedReportingOverflow(by: page)
    guard !overflow, size > 0 else {
      throw BPFError(.badArgument, operation: "mapping arena `\(map.name)`", detail: "it has no pages")
    }
    // MAP_FIXED_NOREPLACE is 0x100000 (asm-generic/mman-common.h): an address that is in use is an error.
    let flags = MAP_SHARED | (address == 0 ? 0 : 0x100000)
    let place = mmap(
      UnsafeMutableRawPointer(bitPattern: UInt(address)), size, PROT_READ | PROT_WRITE, flags, map.descriptor, 0)
    guard let place, place != MAP_FAILED else {
      throw BPFError(.kernel, errno: errno, operation: "mapping arena `\(map.name)`")
    }
    self.base = place
    self.size = size
  }

  deinit { munmap(base, size) }
}

extension BPFObject {
  /// Makes the arenas before libbpf would.
  func makeArenas() throws(BPFError) {
    guard hasMap(of: .arena) else { return }
    for map in maps where map.type == .arena && map.descriptor == nil && bpf_map__autocreate(map.pointer) {
      let extra = bpf_map__map_extra(map.pointer)
      let made = try KernelMap.create(
        .arena, name: map.name, keySize: 0, valueSize: 0, maxEntries: map.maxEntries,
        flags: bpf_map__map_flags(map.pointer), extra: extra)
      arenas[map.name] = try ArenaMemory(made, at: extra)
      // libbpf keeps a descriptor of its own.
      let result = bpf_map__reuse_fd(map.pointer, made.descriptor)
      guard result == 0 else { throw BPFError(.kernel, errno: -result, operation: "using arena `\(map.name)`") }
    }
  }
}

extension BPFMap {
  private func arena(_ operation: String, _ offset: Int, _ count: Int) throws(BPFError) -> UnsafeMutableRawPointer {
    guard let memory = object.arenas[name] else {
      throw BPFError(
        .badArgument, operation: "\(operation) of map `\(name)`",
        detail: type == .arena ? "it isn't loaded" : "it is a \(type), not an arena")
    }
    guard offset >= 0, count >= 0, offset <= memory.size, count <= memory.size - offset else {
      throw BPFError(
        .badArgument, operation: "\(operation) of arena `\(name)`",
        detail: "bytes \(offset) to \(offset) + \(count) lie outside its \(memory.size)")
    }
    return memory.base + offset
  }

  /// Bytes of an arena's memory. A page that no program has allocated is allocated by being read, unless the arena has
  /// `BPF_F_SEGV_ON_FAULT`: then it throws `EFAULT`.
  public func readArena(at offset: Int, count: Int) throws(BPFError) -> [UInt8] {
    let place = try arena("reading", offset, count)
    var bytes = [UInt8](repeating: 0, count: count)
    // Through the kernel, so that a page that isn't there is an error and not a signal.
    let result = bytes.withUnsafeMutableBytes { bpftest_copy_memory(place, $0.baseAddress, count, 0) }
    guard result == 0 else { throw BPFError(.kernel, errno: -result, operation: "reading arena `\(name)`") }
    return bytes
  }

  /// Writes into an arena's memory, which allocates its pages.
  public func writeArena(_ bytes: [UInt8], at offset: Int) throws(BPFError) {
    let place = try arena("writing", offset, bytes.count)
    let result = bytes.withUnsafeBytes {
      bpftest_copy_memory(place, UnsafeMutableRawPointer(mutating: $0.baseAddress), bytes.count, 1)
    }
    guard result == 0 else { throw BPFError(.kernel, errno: -result, operation: "writing arena `\(name)`") }
  }
}
