extension BTFCodec {
  /// In which bytes two values differ that read alike, because they differ in what no member covers: padding, which the
  /// kernel compares in a key all the same. `nil` where they don't read alike, or don't differ.
  ///
  /// - Parameter type: `nil` where nothing is known of the bytes.
  public static func hiddenDifference(of seen: [UInt8], from expected: [UInt8], as type: BTFType?) -> String? {
    guard let type, seen.count == expected.count, seen != expected,
      render(seen, as: type) == render(expected, as: type)
    else { return nil }
    var covered = [Bool](repeating: false, count: seen.count)
    cover(type, at: 0, &covered, depth: 0)
    var runs: [Range<Int>] = []
    for index in seen.indices where seen[index] != expected[index] {
      if let last = runs.last, last.upperBound == index {
        runs[runs.count - 1] = last.lowerBound..<(index + 1)
      } else {
        runs.append(index..<(index + 1))
      }
    }
    let isPadding = runs.allSatisfy { $0.allSatisfy { !covered[$0] } }
    let words = runs.map { run in
      let place = run.count == 1 ? "byte \(run.lowerBound) is" : "bytes \(run.lowerBound)–\(run.upperBound - 1) are"
      return "\(place) \(hex(seen[run])) there, not \(hex(expected[run]))"
    }
    return words.joined(separator: ", ")
      + (isPadding ? ": padding of \(type.declaration), which the kernel compares in a key as all else" : "")
  }

  private static func hex(_ bytes: ArraySlice<UInt8>) -> String {
    String("\(BTFValue.bytes([UInt8](bytes)))".dropFirst(2))
  }

  /// Marks the bytes that a member or an element lies in.
  private static func cover(_ type: BTFType, at offset: Int, _ covered: inout [Bool], depth: Int) {
    guard depth < 32, offset >= 0, offset < covered.count else { return }
    switch type.resolved.kind {
    case .structure(let members), .union(let members):
      for member in members where member.bitOffset >= 0 {
        if member.bitFieldSize > 0 {
          for bit in [0, member.bitFieldSize - 1] {
            let byte = offset + (member.bitOffset + bit) / 8
            if covered.indices.contains(byte) { covered[byte] = true }
          }
          for byte in (offset + member.bitOffset / 8)..<(offset + (member.bitOffset + member.bitFieldSize + 7) / 8)
          where covered.indices.contains(byte) { covered[byte] = true }
        } else {
          cover(type.other(member.type), at: offset + member.bitOffset / 8, &covered, depth: depth + 1)
        }
      }
    case .array(let id, let count):
      let element = type.other(id)
      let size = element.size
      guard size > 0 else { return }
      for index in 0..<min(count, covered.count / size + 1) {
        cover(element, at: offset + index * size, &covered, depth: depth + 1)
      }
    default:
      for byte in offset..<min(covered.count, offset + max(0, type.size)) { covered[byte] = true }
    }
  }
}
