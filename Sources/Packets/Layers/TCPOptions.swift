/// The options of a TCP header, by Scapy's names.
enum TCPOptions {
  /// A kind: its number (IANA, tcp-parameters), its name, and the widths in bytes of the numbers that it holds.
  struct Kind: Sendable {
    let number: UInt8
    let name: String
    let widths: [Int]
  }

  static let kinds: [Kind] = [
    Kind(number: 0, name: "EOL", widths: []),
    Kind(number: 1, name: "NOP", widths: []),
    Kind(number: 2, name: "MSS", widths: [2]),
    Kind(number: 3, name: "WScale", widths: [1]),
    Kind(number: 4, name: "SAckOK", widths: []),
    Kind(number: 5, name: "SAck", widths: []),
    Kind(number: 8, name: "Timestamp", widths: [4, 4]),
    Kind(number: 14, name: "AltChkSum", widths: [1, 2]),
    Kind(number: 15, name: "AltChkSumOpt", widths: []),
    Kind(number: 19, name: "MD5", widths: []),
    Kind(number: 28, name: "UTO", widths: [2]),
    Kind(number: 29, name: "AO", widths: []),
    Kind(number: 34, name: "TFO", widths: [4, 4]),
  ]

  /// The widths of an option's numbers; a SACK holds as many edges as there are.
  static func widths(_ kind: Kind, numbers: Int) -> [Int] {
    kind.name == "SAck" ? Array(repeating: 4, count: numbers) : kind.widths
  }

  /// One option as it is written: a kind and what stands beside it.
  enum Item: Hashable {
    case end, noOperation
    case numbers(UInt8, [UInt64])
    case bytes(UInt8, [UInt8])
  }

  /// The options that make up exactly these bytes (zeros that only fill up the header aside), or `nil` when there is no
  /// such list.
  static func decode(_ bytes: [UInt8]) -> [Item]? {
    var items: [Item] = []
    var rest = bytes[...]
    while let number = rest.first {
      if number == 0 {
        guard rest.allSatisfy({ $0 == 0 }) else { return nil }
        // One end-of-list is worth writing unless it is mere filling.
        items += repeatElement(.end, count: rest.count)
        break
      }
      if number == 1 {
        items.append(.noOperation)
        rest = rest.dropFirst()
        continue
      }
      guard let length = rest.dropFirst().first.map(Int.init), length >= 2, length <= rest.count else { return nil }
      let body = Array(rest.dropFirst(2).prefix(length - 2))
      items.append(item(number, body))
      rest = rest.dropFirst(length)
    }
    // The last zeros, up to three, come back by themselves.
    var used = bytes.count
    while case .end? = items.last, (used - 1 + 3) / 4 * 4 == bytes.count {
      items.removeLast()
      used -= 1
    }
    return items
  }

  private static func item(_ number: UInt8, _ body: [UInt8]) -> Item {
    guard let kind = kinds.first(where: { $0.number == number }) else { return .bytes(number, body) }
    let widths = widths(kind, numbers: body.count / 4)
    guard !widths.isEmpty, widths.reduce(0, +) == body.count else { return .bytes(number, body) }
    var at = 0
    let numbers = widths.map { width in
      defer { at += width }
      return body[at..<at + width].reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    }
    return .numbers(number, numbers)
  }

  /// The bytes of one option.
  static func encode(_ item: Item) -> [UInt8] {
    switch item {
    case .end: return [0]
    case .noOperation: return [1]
    case .bytes(let number, let body): return [number, UInt8(truncatingIfNeeded: body.count + 2)] + body
    case .numbers(let number, let values):
      guard let kind = kinds.first(where: { $0.number == number }) else { return [] }
      var body: [UInt8] = []
      for (value, width) in zip(values, widths(kind, numbers: values.count)) {
        for shift in stride(from: (width - 1) * 8, through: 0, by: -8) {
          body.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
        }
      }
      return encode(.bytes(number, body))
    }
  }

  /// An option as it stands in an expression.
  static func print(_ item: Item) -> String {
    func label(_ number: UInt8, _ body: [UInt8] = []) -> String {
      // By its name an MD5 signature is filled up to its 16 bytes, so a shorter one goes by its number.
      if number == 19, body.count != 16 { return String(number) }
      return kinds.first { $0.number == number }.map { "\"\($0.name)\"" } ?? String(number)
    }
    switch item {
    case .end: return "(\"EOL\", None)"
    case .noOperation: return "(\"NOP\", None)"
    case .bytes(let number, let body): return "(\(label(number, body)), \(ByteText.literal(body)))"
    case .numbers(let number, let values):
      let list = values.map(String.init).joined(separator: ", ")
      // A SACK is always a tuple, even of one.
      let tuple = number == 5 && values.count == 1 ? "(\(list),)" : "(\(list))"
      return "(\(label(number)), \(values.count == 1 && number != 5 ? list : tuple))"
    }
  }
}
