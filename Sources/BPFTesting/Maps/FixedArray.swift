import BPF

/// An array of a C struct: so many elements, one behind the other, without anything else.
public struct FixedArray<let count: Int, Element: BitwiseCopyable & Sendable>: BitwiseCopyable, Sendable {
  private var storage: InlineArray<count, Element>

  /// The same value throughout.
  public init(repeating element: Element) { storage = InlineArray(repeating: element) }

  /// As many elements of a sequence as there is room for, and `rest` behind them.
  public init(_ elements: some Sequence<Element>, rest: Element) {
    storage = InlineArray(repeating: rest)
    for (index, element) in elements.prefix(count).enumerated() { storage[index] = element }
  }

  /// The element at a place from 0 to `count - 1`.
  public subscript(_ index: Int) -> Element {
    get { storage[index] }
    set { storage[index] = newValue }
  }

  /// All elements.
  public var array: [Element] { (0..<count).map { storage[$0] } }
}

extension FixedArray: Equatable where Element: Equatable {
  public static func == (left: FixedArray, right: FixedArray) -> Bool { left.array == right.array }
}

extension FixedArray: Hashable where Element: Hashable {
  public func hash(into hasher: inout Hasher) { hasher.combine(array) }
}

extension FixedArray: CustomStringConvertible {
  public var description: String { "\(array)" }
}

extension FixedArray: ExpressibleByArrayLiteral where Element: ExpressibleByIntegerLiteral {
  /// Fewer elements than there is room for are followed by zeros; what there is no room for is left out.
  public init(arrayLiteral elements: Element...) { self.init(elements, rest: 0) }
}

extension FixedArray where Element == CChar {
  /// Text with a NUL behind it, cut where there is no more room.
  public init(_ text: String) { self.init(characters: text) }
}

extension FixedArray where Element == UInt8 {
  /// An address in its usual notation: IPv4 for 4 bytes, MAC for 6, IPv6 for 16 (an IPv4 address as `::ffff:192.0.2.1`);
  /// `nil` for what is no address of that size.
  public init?(address: String) {
    guard let bytes = Address.bytes(address, size: count) else { return nil }
    self.init(bytes, rest: 0)
  }
}

extension FixedArray where Element: FixedWidthInteger {
  /// Text as the elements' numbers, with a zero behind it, cut where there is no more room.
  public init(characters text: String) {
    self.init(text.utf8.prefix(max(0, count - 1)).map { Element(truncatingIfNeeded: $0) }, rest: 0)
  }

  /// The bytes before the first NUL as text.
  public var text: String {
    String(decoding: array.map { UInt8(truncatingIfNeeded: $0) }.prefix { $0 != 0 }, as: UTF8.self)
  }
}
