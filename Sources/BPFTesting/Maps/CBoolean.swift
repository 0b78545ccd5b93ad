/// A C `bool`, of which any byte but zero is true: a Swift `Bool` must never hold another byte than 0 or 1.
public struct CBoolean: BitwiseCopyable, Sendable, ExpressibleByBooleanLiteral, CustomStringConvertible {
  private var byte: UInt8

  public init(_ value: Bool) { byte = value ? 1 : 0 }
  public init(booleanLiteral value: Bool) { self.init(value) }

  /// As a Swift value.
  public var value: Bool {
    get { byte != 0 }
    set { byte = newValue ? 1 : 0 }
  }

  public var description: String { "\(value)" }
}

extension CBoolean: Hashable {
  public static func == (left: CBoolean, right: CBoolean) -> Bool { left.value == right.value }
  public func hash(into hasher: inout Hasher) { hasher.combine(value) }
}
