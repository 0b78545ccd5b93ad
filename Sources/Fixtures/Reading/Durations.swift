/// Lengths of time as fixtures write them: `2s`, `100ms`, `0.5s`, `20us`.
enum Durations {
  private static let units: [(suffix: String, seconds: Double)] = [
    ("ms", 1e-3), ("us", 1e-6), ("µs", 1e-6), ("ns", 1e-9), ("s", 1), ("m", 60),
  ]

  /// In seconds; `nil` when it isn't one.
  static func seconds(_ text: String) -> Double? {
    guard let unit = units.first(where: { text.hasSuffix($0.suffix) }),
      let number = Double(text.dropLast(unit.suffix.count)), number >= 0, number.isFinite
    else { return nil }
    return number * unit.seconds
  }

  static func describe(_ seconds: Double) -> String {
    func number(_ value: Double) -> String { value == value.rounded() ? "\(Int(value))" : "\(value)" }
    return seconds >= 1 || seconds == 0 ? "\(number(seconds)) s" : "\(number(seconds * 1000)) ms"
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
