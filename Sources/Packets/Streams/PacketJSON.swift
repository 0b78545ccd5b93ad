/// A packet as an object of JSON, on one line.
///
/// Each field has its `value`: a number, an address or a name as a string, and all else as hexadecimal digits; `text` says
/// it as an expression or a reader would, where that is different. `bit` is its place in the packet.
enum PacketJSON {
  static func text(_ input: InputPacket) -> String {
    let frame = input.frame
    let packet = input.packet
    var members = ["\"number\":\(input.number)"]
    if case .capture = input.origin { members.append("\"time\":\"\(CaptureTime.seconds(frame.nanoseconds))\"") }
    members.append("\"link\":\(input.link.map { string($0.rawValue) } ?? "null")")
    members.append("\"length\":\(frame.bytes.count)")
    if frame.originalLength != frame.bytes.count { members.append("\"originalLength\":\(frame.originalLength)") }
    if !frame.comments.isEmpty {
      members.append("\"comments\":[\(frame.comments.map(string).joined(separator: ","))]")
    }
    members.append("\"expression\":\(string(packet.expression))")
    members.append("\"hex\":\"\(ByteText.hex(frame.bytes, separator: nil))\"")
    members.append("\"layers\":[\(packet.shownLayers.map(layer).joined(separator: ","))]")
    return "{\(members.joined(separator: ","))}"
  }

  private static func layer(_ layer: ShownLayer) -> String {
    var members = [
      "\"layer\":\(string(layer.name))", "\"offset\":\(layer.range.lowerBound)", "\"length\":\(layer.range.count)",
    ]
    if let reason = layer.reason { members.append("\"reason\":\(string(reason))") }
    let fields = layer.fields.map { "\(string($0.name)):\(field($0))" }
    members.append("\"fields\":{\(fields.joined(separator: ","))}")
    return "{\(members.joined(separator: ","))}"
  }

  private static func field(_ field: ShownField) -> String {
    let value =
      switch field.value {
      case .number(let number): String(number)
      case .text(let text): string(text)
      case .bytes(let bytes): "\"\(ByteText.hex(bytes, separator: nil))\""
      }
    var members = ["\"value\":\(value)", "\"bit\":\(field.bitOffset)", "\"bits\":\(field.bitCount)"]
    if value != field.text, value != string(field.text) { members.append("\"text\":\(string(field.text))") }
    if let right = field.rightValue { members.append("\"right\":\(right)") }
    return "{\(members.joined(separator: ","))}"
  }

  /// A string in quotes (RFC 8259 section 7).
  static func string(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": out += "\\\(scalar)"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case "\r": out += "\\r"
      case _ where scalar.value < 0x20 || scalar.value == 0x7f:
        let digits = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}
