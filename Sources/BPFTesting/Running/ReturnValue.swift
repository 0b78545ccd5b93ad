import BPF

/// What a program returned. It is compared as a number, and shown by its name where the program's type has names.
public struct ReturnValue: RawRepresentable, Hashable, Sendable, ExpressibleByIntegerLiteral {
  /// As the kernel hands it back.
  public var rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// A negative number is what a program's `int` makes of it: -1 is 0xffffffff.
  public init(integerLiteral value: Int64) { self.rawValue = UInt32(truncatingIfNeeded: value) }

  /// What programs of the type XDP return, `enum xdp_action` (linux/bpf.h).
  public static let xdpAborted: ReturnValue = 0
  public static let xdpDrop: ReturnValue = 1
  public static let xdpPass: ReturnValue = 2
  public static let xdpTX: ReturnValue = 3
  public static let xdpRedirect: ReturnValue = 4

  /// What tc programs return, `TC_ACT_*` (linux/pkt_cls.h).
  public static let tcUnspecified: ReturnValue = -1
  public static let tcOK: ReturnValue = 0
  public static let tcReclassify: ReturnValue = 1
  public static let tcShot: ReturnValue = 2
  public static let tcPipe: ReturnValue = 3
  public static let tcStolen: ReturnValue = 4
  public static let tcRedirect: ReturnValue = 7

  /// What socket lookup, stream parser and message programs return, `enum sk_action` (linux/bpf.h).
  public static let skDrop: ReturnValue = 0
  public static let skPass: ReturnValue = 1

  /// What netfilter programs return (linux/netfilter.h).
  public static let nfDrop: ReturnValue = 0
  public static let nfAccept: ReturnValue = 1

  /// The value as programs of that type mean it: `XDP_DROP (1)`.
  public func description(for type: BPFProgramType) -> String {
    let codes = ReturnCodes.of(type)
    return codes.describe(codes.number(rawValue))
  }
}

extension ReturnValue: CustomStringConvertible {
  public var description: String { "\(rawValue)" }
}
