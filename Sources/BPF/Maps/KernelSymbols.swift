/// The functions of the running kernel by address, as `/proc/kallsyms` lists them: it takes root to see the addresses.
public struct KernelSymbols: Sendable {
  private let addresses: [UInt64]
  private let names: [String]

  /// Reads `/proc/kallsyms` anew: programs and modules come and go. Empty where it can't be read.
  public static func current() -> KernelSymbols { KernelSymbols(text: readFile("/proc/kallsyms") ?? []) }

  /// From lines of `address type name [module]`.
  public init(text: [UInt8]) {
    var found: [(UInt64, String)] = []
    for line in text.split(separator: UInt8(ascii: "\n")) {
      let words = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
      // `t` and `T` are functions, `w` and `W` weak ones.
      guard words.count == 3, let kind = words[1].first, "tTwW".utf8.contains(kind),
        let address = UInt64(String(decoding: words[0], as: UTF8.self), radix: 16), address != 0
      else { continue }
      let name = words[2].prefix { $0 != UInt8(ascii: "\t") && $0 != UInt8(ascii: " ") }
      found.append((address, String(decoding: name, as: UTF8.self)))
    }
    found.sort { $0.0 < $1.0 }
    self.addresses = found.map(\.0)
    self.names = found.map(\.1)
  }

  /// The function that an address lies in, without what the compiler adds to names (`.isra.0`, `.cold`); `nil` for one
  /// below all functions.
  public func name(of address: UInt64) -> String? {
    var (low, high) = (0, addresses.count)
    while low < high {
      let middle = (low + high) / 2
      if addresses[middle] <= address { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return nil }
    return String(names[low - 1].prefix { $0 != "." })
  }

  /// The functions of a value of a stack trace map: eight bytes an address, innermost first, up to the first zero.
  /// Addresses of user space, or of nothing known, are given as numbers.
  public func frames(_ value: [UInt8]) -> [String] {
    var frames: [String] = []
    for start in stride(from: 0, to: value.count - 7, by: 8) {
      let address = value[start..<(start + 8)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      if address == 0 { break }
      // The kernel's half of the address space.
      let name = address >> 63 == 1 ? name(of: address) : nil
      frames.append(name ?? "0x" + String(address, radix: 16))
    }
    return frames
  }
}
