import CBPFShims

/// The functions of the running kernel by address, as `/proc/kallsyms` lists them: it takes root to see the addresses.
public enum KernelSymbols {
  /// For each address the function that it lies in, without what the compiler adds to names (`.isra.0`, `.cold`); `nil`
  /// where none begins below it, and for all where the list can't be read.
  public static func names(of addresses: [UInt64], in path: String = "/proc/kallsyms") -> [String?] {
    guard !addresses.isEmpty else { return [] }
    let size = Int(BPFTEST_SYMBOL_SIZE)
    var names = [CChar](repeating: 0, count: addresses.count * size)
    guard bpftest_symbols(path, addresses, addresses.count, &names) == 0 else { return addresses.map { _ in nil } }
    return addresses.indices.map { index in
      let name = names[(index * size)..<((index + 1) * size)].prefix { $0 != 0 && $0 != CChar(UInt8(ascii: ".")) }
      return name.isEmpty ? nil : String(decoding: name.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }

  /// The functions of values of a stack trace map: eight bytes an address, innermost first, up to the first zero.
  /// Addresses of user space, or of nothing known, are given as numbers.
  public static func frames(_ values: [[UInt8]], in path: String = "/proc/kallsyms") -> [[String]] {
    let stacks = values.map { value in
      stride(from: 0, to: value.count - 7, by: 8)
        .map { start in value[start..<(start + 8)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
        .prefix { $0 != 0 }
    }
    // The upper half of the address space is the kernel's.
    let wanted = Array(Set(stacks.joined().filter { $0 >> 63 == 1 }))
    let known = Dictionary(zip(wanted, names(of: wanted, in: path))) { first, _ in first }
    return stacks.map { stack in
      stack.map { address in (known[address] ?? nil) ?? "0x" + String(address, radix: 16) }
    }
  }
}
