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

  /// Lightweight tunnels (linux/bpf.h, `enum bpf_ret_code`).
  public static let lwt = ReturnCodes(
    names: [("BPF_OK", 0), ("BPF_DROP", 2), ("BPF_REDIRECT", 7), ("BPF_LWT_REROUTE", 128)], isSigned: false)

  /// Since 6.1; kernels before hand back 1 for `BPF_OK` and 0 for all else (`bpf_flow_dissect`).
  public static let flowDissector = ReturnCodes(
    names: [("BPF_OK", 0), ("BPF_DROP", 2), ("BPF_FLOW_DISSECTOR_CONTINUE", 129)], isSigned: false)

  /// `enum sk_action` of linux/bpf.h.
  public static let verdict = ReturnCodes(names: [("SK_DROP", 0), ("SK_PASS", 1)], isSigned: false)

  /// linux/netfilter.h.
  public static let netfilter = ReturnCodes(
    names: [("NF_DROP", 0), ("NF_ACCEPT", 1), ("NF_STOLEN", 2), ("NF_QUEUE", 3), ("NF_REPEAT", 4)], isSigned: false)

  /// Bytes of the packet to keep.
  public static let length = ReturnCodes(names: [], isSigned: false)

  /// A function's own value.
  public static let value = ReturnCodes(names: [], isSigned: true)

  public static func of(_ type: BPFProgramType) -> ReturnCodes {
    switch type {
    case .xdp: xdp
    case .schedCLS, .schedACT: tc
    case .lwtIn, .lwtOut, .lwtXmit, .lwtSeg6Local: lwt
    case .flowDissector: flowDissector
    case .netfilter: netfilter
    case .socketFilter: length
    case .cgroupSKB, .skLookup: verdict
    default: value
    }
  }

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
