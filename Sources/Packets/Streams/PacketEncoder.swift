/// Writes packets in one of the formats, one after the other.
public struct PacketEncoder {
  private let format: PacketFormat
  private let color: Bool
  /// Whether a tree has a heading over each packet.
  public var hasHeadings = true
  private var captures: CaptureEncoder
  private var count = 0

  /// An encoder that has not begun. A tree may have `color`: ANSI escapes.
  public init(_ format: PacketFormat, color: Bool = false) {
    self.format = format
    self.color = color
    captures = CaptureEncoder(format: format == .pcap ? .pcap : .pcapng)
  }

  /// The bytes of a packet and of what must come before it. Throws when the format can't hold it.
  public mutating func encode(_ packet: InputPacket) throws(PacketInputError) -> [UInt8] {
    count += 1
    switch format {
    case .hex: return Array(ByteText.hex(packet.frame.bytes, separator: nil).utf8) + [0x0a]
    case .expr: return Array(packet.packet.expression.utf8) + [0x0a]
    case .raw: return packet.frame.bytes
    case .tree: return Array(tree(packet).utf8)
    case .json: return Array(((count > 1 ? ",\n" : "[\n") + PacketJSON.text(packet)).utf8)
    case .c: return Array(cArray(packet).utf8)
    case .pcap, .pcapng: return try captured(packet)
    }
  }

  /// What comes after the last packet.
  public mutating func finish() -> [UInt8] {
    switch format {
    case .json: Array((count > 0 ? "\n]\n" : "[]\n").utf8)
    case .pcap, .pcapng: captures.header()
    default: []
    }
  }

  private mutating func captured(_ packet: InputPacket) throws(PacketInputError) -> [UInt8] {
    if case .expression(let written) = packet.origin, written.link == nil {
      throw PacketInputError(
        "a capture needs a link layer such as Ether or IP, and this begins with \(written.layerNames.first ?? "nothing")",
        at: packet.place)
    }
    var frame = packet.frame
    // The old format has no place for comments; whoever asks for it can do without.
    if format == .pcap { frame.comments = [] }
    do {
      return try captures.encode(frame)
    } catch {
      throw PacketInputError(error.message, at: packet.place)
    }
  }

  private func tree(_ packet: InputPacket) -> String {
    var out = count > 1 ? "\n" : ""
    if hasHeadings {
      let frame = packet.frame
      var heading = "frame \(packet.number): \(frame.bytes.count) bytes"
      if frame.originalLength != frame.bytes.count { heading += " of \(frame.originalLength)" }
      if case .capture = packet.origin {
        heading += ", \(CaptureTime.text(frame.nanoseconds))"
        if frame.linkType != .ethernet { heading += ", \(frame.linkType)" }
      }
      out += color ? "\u{1b}[36m\(heading)\u{1b}[0m\n" : heading + "\n"
      for comment in frame.comments { out += "  comment: \(comment.replacing("\n", with: "\n           "))\n" }
    }
    return out + packet.packet.tree(color: color) + "\n"
  }

  private func cArray(_ packet: InputPacket) -> String {
    let bytes = packet.frame.bytes
    let comment = packet.packet.expression.replacing("*/", with: "* /")
    var out = "/* \(comment) */\nstatic const unsigned char packet_\(count)[\(bytes.count)] = {\n"
    for at in stride(from: 0, to: bytes.count, by: 12) {
      let row = bytes[at..<min(at + 12, bytes.count)].map { "0x" + ByteText.hex([$0]) }
      out += "  \(row.joined(separator: ", ")),\n"
    }
    return out + "};\n"
  }
}

/// When a frame came, as text.
enum CaptureTime {
  /// `2023-11-14 22:13:20.123456789 UTC`
  static func text(_ nanoseconds: UInt64) -> String {
    let (seconds, fraction) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    let (days, time) = seconds.quotientAndRemainder(dividingBy: 86_400)
    // Days since 1 March of the year 0, in cycles of 400 years (Hinnant: chrono-compatible low-level date algorithms).
    let shifted = days + 719_468
    let era = shifted / 146_097
    let day = shifted % 146_097
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
    let dayOfYear = day - (365 * year + year / 4 - year / 100)
    let month = (5 * dayOfYear + 2) / 153
    let date = [
      year + era * 400 + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9,
      dayOfYear - (153 * month + 2) / 5 + 1,
    ]
    let clock = [time / 3600, time / 60 % 60, time % 60].map { padded($0, 2) }.joined(separator: ":")
    return date.map { padded($0, 2) }.joined(separator: "-") + " \(clock).\(padded(fraction, 9)) UTC"
  }

  /// `1700000000.123456789`
  static func seconds(_ nanoseconds: UInt64) -> String {
    "\(nanoseconds / 1_000_000_000).\(padded(nanoseconds % 1_000_000_000, 9))"
  }

  private static func padded(_ number: UInt64, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
}
