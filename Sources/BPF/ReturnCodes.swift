/// Names of what programs return, by type (linux/bpf.h, linux/pkt_cls.h).
public struct ReturnCodes: Sendable {
  public let names: [(name: String, value: Int128)]
  /// tc actions are signed: `TC_ACT_UNSPEC` is -1.
  public let isSigned: Bool

  public static let xdp = ReturnCodes(
    names: [("XDP_ABORTED", 0), ("XDP_DROP", 1), ("XDP_PASS", 2), ("XDP_TX", 3), ("XDP_REDIRECT", 4)],
    isSigned: false)

  public static let tc = ReturnCodes(
    names: [
      ("TC_ACT_UNSPEC", -1), ("TC_ACT_OK", 0), ("TC_ACT_RECLASSIFY", 1), ("TC_ACT_SHOT", 2), ("TC_ACT_PIPE", 3),
      ("TC_ACT_STOLEN", 4), ("TC_ACT_QUEUED", 5), ("TC_ACT_REPEAT", 6), ("TC_ACT_REDIRECT", 7), ("TC_ACT_TRAP", 8),
      // Other names for the same: a failure is told by the first.
      ("BPF_OK", 0), ("BPF_DROP", 2), ("BPF_REDIRECT", 7), ("TCX_NEXT", -1), ("TCX_PASS", 0), ("TCX_DROP", 2),
      ("TCX_REDIRECT", 7),
    ], isSigned: true)

  public static func of(_ type: BPFProgramType) -> ReturnCodes { type == .xdp ? xdp : tc }

  public func value(of name: String) -> Int128? { names.first { $0.name == name }?.value }

  /// The number as this type's programs mean it; `nil` for one that doesn't fit 32 bits.
  public func normalize(_ number: Int128) -> Int128? {
    guard number >= Int128(Int32.min), number <= Int128(UInt32.max) else { return nil }
    return self.number(UInt32(truncatingIfNeeded: number))
  }

  /// What the kernel hands back, with its sign.
  public func number(_ value: UInt32) -> Int128 { isSigned ? Int128(Int32(bitPattern: value)) : Int128(value) }

  /// `XDP_DROP (1)`, or the number alone.
  public func describe(_ number: Int128) -> String {
    names.first { $0.value == number }.map { "\($0.name) (\(number))" } ?? "\(number)"
  }
}
