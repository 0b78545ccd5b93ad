import BPF
import TestPlan

/// What a socket trigger saw, made comparable.
enum SocketValues {
  /// A `sockaddr` in its usual notation.
  static func text(_ address: Bytes?) -> Bytes? {
    address.map { Bytes(SocketAddress(bytes: $0.array).description.utf8) }
  }

  /// An option's value without the zeros behind it, if that is what was expected: names come in fields of fixed size.
  static func trimmed(_ value: Bytes?, for expected: Condition) -> Bytes? {
    guard let value, !expected.holds(bytes: value.array[...], number: nil, text: "") else { return value }
    return Bytes(value.array.prefix { $0 != 0 })
  }
}
