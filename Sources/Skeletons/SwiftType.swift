/// A Swift type that lies in memory as a C type does.
struct SwiftType: Hashable {
  /// As generated code names it.
  var name: String
  /// Bytes: `MemoryLayout.size`, which is also the stride.
  var size: Int
  /// `MemoryLayout.alignment`.
  var alignment: Int
  /// An expression for the value whose memory is zero.
  var zero: String

  static func integer(size: Int, signed: Bool) -> SwiftType? {
    guard [1, 2, 4, 8].contains(size) else { return nil }
    return SwiftType(name: "\(signed ? "Int" : "UInt")\(size * 8)", size: size, alignment: size, zero: "0")
  }

  /// What has no better type: its bytes.
  static func bytes(_ count: Int) -> SwiftType {
    array(of: SwiftType(name: "UInt8", size: 1, alignment: 1, zero: "0"), count: count)
  }

  static func array(of element: SwiftType, count: Int) -> SwiftType {
    SwiftType(
      name: "BPFTesting.FixedArray<\(count), \(element.name)>", size: element.size * count,
      alignment: element.alignment, zero: "BPFTesting.FixedArray(repeating: \(element.zero))")
  }
}
