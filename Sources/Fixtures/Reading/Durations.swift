/// Lengths of time as fixtures write them: `2s`, `100ms`, `0.5s`, `20us`, `1m`; a mere number is one of seconds.
enum Durations {
  private static let units: [(suffix: String, seconds: Double)] = [
    ("ms", 1e-3), ("us", 1e-6), ("µs", 1e-6), ("ns", 1e-9), ("s", 1), ("m", 60), ("", 1),
  ]

  /// In seconds; `nil` when it isn't one.
  static func seconds(_ text: String) -> Double? {
    guard let unit = units.first(where: { text.hasSuffix($0.suffix) }),
      let number = Double(text.dropLast(unit.suffix.count)), number >= 0, number.isFinite
    else { return nil }
    return number * unit.seconds
  }

  /// `2 s`, `1.5 s`, `100 ms`, to three digits behind the point.
  static func describe(_ seconds: Double) -> String {
    let units = [("s", 1.0), ("ms", 1e-3), ("us", 1e-6)]
    let (unit, size) = seconds == 0 ? units[0] : units.first { seconds >= $0.1 } ?? ("ns", 1e-9)
    let value = (seconds / size * 1000).rounded() / 1000
    return "\(value == value.rounded() ? "\(Int(value))" : "\(value)") \(unit)"
  }
}

extension Fields {
  /// A length of time, in seconds, of an hour at the most.
  func seconds(_ key: String) -> Double? {
    guard let node = self[key] else { return nil }
    guard let seconds = node.text.flatMap(Durations.seconds), seconds <= 3600 else {
      complain(node.position, "`\(key)` is a length of time like `2s` or `100ms`, and here is \(node.kind)")
      return nil
    }
    return seconds
  }
}
