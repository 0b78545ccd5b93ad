/// Arguments in 64-bit words: the context of raw tracepoint programs, and of functions of `bpf_dummy_ops`.
public struct RawTracepointArguments: Sendable, Hashable, ExpressibleByArrayLiteral {
  /// The most that the kernel takes (`MAX_BPF_FUNC_ARGS`, include/linux/bpf.h).
  public static let most = 12

  public var values: [UInt64]

  public init(_ values: [UInt64]) { self.values = values }
  public init(arrayLiteral elements: UInt64...) { self.values = elements }

  /// Whole words only.
  public init(bytes: [UInt8]) {
    values = stride(from: 0, to: bytes.count / 8 * 8, by: 8).map { start in
      bytes[start..<(start + 8)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
  }

  /// `ctx_in` of a run.
  public var bytes: [UInt8] {
    values.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) } }
  }
}
