import BPF
import TestPlan

/// `$previous.return`: what the last program that a test ran returned. It may stand for a number in the `globals`, `maps`
/// and `context` of a step, and in what is expected of it.
enum PreviousReturn {
  static let word = "$previous.return"

  /// The value while a step is judged. Conditions deep inside a value ask for it.
  @TaskLocal static var judged: UInt32?

  /// What `encode` makes of a node with zeros where the word stands, and the bytes that are to be filled in there.
  ///
  /// Where a number lies in what is encoded, and in which order of bytes, is found out by encoding others.
  static func encode<Result>(
    _ node: YAMLNode?, _ complaints: Complaints, _ encode: (YAMLNode?, Complaints) -> Result,
    bytes: (Result) -> [(holder: ReturnPlace.Holder, bytes: [UInt8])]
  ) -> (result: Result, places: [ReturnPlace]) {
    guard let node, let positions = node.positions(of: word).nilIfEmpty else { return (encode(node, complaints), []) }
    let before = complaints.errors.count
    let result = encode(node.replacing(word) { _ in 0 }, complaints)
    let base = bytes(result)
    var places: [ReturnPlace] = []
    for (index, position) in positions.enumerated() {
      var found: [ReturnPlace] = []
      for number in [0x0403_0201, 0x0201, 0x01] where found.isEmpty {
        let scratch = Complaints(path: "")
        let other = bytes(encode(node.replacing(word) { $0 == index ? number : 0 }, scratch))
        if scratch.errors.isEmpty { found = differences(base, other) }
      }
      places += found
      if found.isEmpty, complaints.errors.count == before {
        complaints.add(position, "`\(word)` is a number of 32 bits, and can't stand here")
      }
    }
    return (result, places)
  }

  private static func differences(
    _ base: [(holder: ReturnPlace.Holder, bytes: [UInt8])], _ other: [(holder: ReturnPlace.Holder, bytes: [UInt8])]
  ) -> [ReturnPlace] {
    zip(base, other).flatMap { base, other in
      zip(base.bytes, other.bytes).enumerated().compactMap { offset, pair in
        guard pair.0 != pair.1, (1...4).contains(pair.1) else { return nil }
        return ReturnPlace(holder: base.holder, offset: offset, byte: pair.1 - 1)
      }
    }
  }

  /// Whether the value fits the type.
  static func fits(_ type: ValueType) -> Bool { !type.isCompound && (1...8).contains(type.size) }
}

extension YAMLNode {
  /// Where a bare word stands in the values of a node, in order.
  func positions(of word: String) -> [Position] {
    switch content {
    case .scalar: isWord(word) ? [position] : []
    case .list(let items): items.flatMap { $0.positions(of: word) }
    case .mapping(let entries): entries.flatMap { $0.value.positions(of: word) }
    }
  }

  /// The node with numbers instead of a bare word, by which of its places it is.
  func replacing(_ word: String, by number: (Int) -> Int) -> YAMLNode {
    var count = 0
    return replacing(word, &count, by: number)
  }

  private func replacing(_ word: String, _ count: inout Int, by number: (Int) -> Int) -> YAMLNode {
    var node = self
    switch content {
    case .scalar:
      guard isWord(word) else { return self }
      node.content = .scalar(String(number(count)), plain: true)
      count += 1
    case .list(let items): node.content = .list(items.map { $0.replacing(word, &count, by: number) })
    case .mapping(let entries):
      node.content = .mapping(
        entries.map { Entry(key: $0.key, value: $0.value.replacing(word, &count, by: number)) })
    }
    return node
  }
}
