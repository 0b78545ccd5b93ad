import BPF

/// An integer that lies in memory in network byte order: `__be16`, `__be32`, `__be64`.
///
/// It is written and read as the number that people mean: `let port: NetworkOrder<UInt16> = 443`.
public struct NetworkOrder<Number: FixedWidthInteger & BitwiseCopyable & Sendable>: BitwiseCopyable, Hashable, Sendable
{
  private var stored: Number

  /// A number in host order.
  public init(_ number: Number) { stored = number.bigEndian }

  /// The number in host order.
  public var value: Number {
    get { Number(bigEndian: stored) }
    set { stored = newValue.bigEndian }
  }
}

extension NetworkOrder: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: Number.IntegerLiteralType) { self.init(Number(integerLiteral: value)) }
}

extension NetworkOrder: Comparable {
  public static func < (left: NetworkOrder, right: NetworkOrder) -> Bool { left.value < right.value }
}

extension NetworkOrder: CustomStringConvertible {
  public var description: String { "\(value)" }
}

extension NetworkOrder where Number == UInt32 {
  /// An IPv4 address in its usual notation; `nil` for what is none. The C function is `inet_pton`.
  public init?(address: String) {
    guard let bytes = Address.ipv4(address) else { return nil }
    self.init(bytes.reduce(0) { $0 << 8 | UInt32($1) })
  }
}
