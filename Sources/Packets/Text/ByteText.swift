/// Bytes as Python writes them.
enum ByteText {
  /// `"text"` when all is printable ASCII, else `b"\x00\x01"`; a long run of one byte as `b"\x00"*46`.
  /// `always`: with the `b` even then, where text would be read as something else.
  static func literal(_ bytes: [UInt8], always: Bool = false) -> String {
    if bytes.count >= 24, let first = bytes.first, bytes.allSatisfy({ $0 == first }) {
      return "\(literal([first], always: always))*\(bytes.count)"
    }
    let isText = !always && bytes.allSatisfy { (0x20..<0x7f).contains($0) }
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count * 4 + 3)
    if !isText { out.append(UInt8(ascii: "b")) }
    out.append(UInt8(ascii: "\""))
    for byte in bytes { append(byte, to: &out) }
    out.append(UInt8(ascii: "\""))
    return String(decoding: out, as: UTF8.self)
  }

  private static let digits = Array("0123456789abcdef".utf8)

  private static func append(_ byte: UInt8, to out: inout [UInt8]) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): out += [UInt8(ascii: "\\"), byte]
    case 0x0a: out += Array("\\n".utf8)
    case 0x0d: out += Array("\\r".utf8)
    case 0x09: out += Array("\\t".utf8)
    case 0x20..<0x7f: out.append(byte)
    default: out += [UInt8(ascii: "\\"), UInt8(ascii: "x"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
  }

  /// Two digits a byte with spaces between.
  static func hex(_ bytes: some Sequence<UInt8>, separator: UInt8? = UInt8(ascii: " ")) -> String {
    var out: [UInt8] = []
    for byte in bytes {
      if let separator, !out.isEmpty { out.append(separator) }
      out += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
    return String(decoding: out, as: UTF8.self)
  }
}
