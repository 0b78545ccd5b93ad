import Packets
import TestPlan

/// Reads packets: expressions, and the other sources that a fixture may name.
final class PacketReader {
  private let complaints: Complaints
  private let folder: String
  /// A test may send the same packet a thousand times.
  private var built: [String: [UInt8]] = [:]

  init(complaints: Complaints, folder: String) {
    self.complaints = complaints
    self.folder = folder
  }

  /// A packet that a program is run with.
  struct Input {
    var bytes: [UInt8]
    /// Set when it comes from a capture without an Ethernet header: that in words.
    var bare: Located<String>?
  }

  /// The bytes of a packet; `nil` after a complaint.
  func bytes(_ node: YAMLNode) -> [UInt8]? {
    guard let input = input(node) else { return nil }
    if let bare = input.bare {
      complaints.add(
        bare.position, bare.value.replacing("XDP programs see", with: "this packet needs"),
        hint: CapturedPacket.bareHint)
      return nil
    }
    return input.bytes
  }

  /// A packet to run a program with, which may not see the header that it lacks; `nil` after a complaint.
  func input(_ node: YAMLNode) -> Input? {
    if let text = node.text { return expression(text, node).map { Input(bytes: $0) } }
    guard node.entries != nil else {
      complaints.add(
        node.position,
        "a packet is an expression, { hex: … }, { base64: … } or { pcap: FILE, frame: N }, and here is \(node.kind)")
      return nil
    }
    let before = complaints.errors.count
    guard
      let fields = Fields(
        node, of: "a packet", known: ["hex", "base64", "pcap", "frame"] + CapturedPacket.keys, complaints),
      complaints.errors.count == before
    else { return nil }
    let sources = ["pcap", "hex", "base64"].filter { fields[$0] != nil }
    let captured = (["frame"] + CapturedPacket.keys).first { fields[$0] != nil }
    guard sources.count == 1, captured == nil || sources == ["pcap"] else {
      complaints.add(
        node.position,
        sources.count > 1
          ? "a packet has one source, and here are \(sources.map { "`\($0)`" }.joined(separator: " and "))"
          : sources.isEmpty
            ? "a packet needs `pcap`, `hex` or `base64`" : "`\(captured ?? "frame")` is for a packet of a `pcap`")
      return nil
    }
    if let file = fields.text("pcap") {
      let number = fields["frame"] == nil ? 1 : fields.count("frame")
      return frame(of: file, number: number, as: CapturedPacket(fields, complaints))
    }
    if let hex = fields.text("hex") {
      guard let bytes = Bytes(hex: hex.value) else {
        complaints.add(hex.position, "not pairs of hexadecimal digits")
        return nil
      }
      return Input(bytes: bytes.array)
    }
    if let base64 = fields.text("base64") {
      guard let bytes = Self.decode(base64: base64.value) else {
        complaints.add(base64.position, "not base64 (RFC 4648)")
        return nil
      }
      return Input(bytes: bytes)
    }
    return nil
  }

  /// The packet as layers, so that an expression's are those that it says; `nil` after a complaint.
  func packet(_ node: YAMLNode) -> Packet? {
    guard let bytes = bytes(node) else { return nil }
    return node.text.flatMap { try? Packet(expression: $0) } ?? Packet(dissecting: bytes)
  }

  /// A frame of a pcap or pcapng file, numbered from 1 as Wireshark does; the file is looked for beside the fixture.
  private func frame(of file: Located<String>, number: UInt32?, as packets: CapturedPacket) -> Input? {
    guard let number else { return nil }
    let path = file.value.hasPrefix("/") ? file.value : "\(folder)/\(file.value)"
    do throws(CaptureError) {
      let reader = try CaptureReader(path: path)
      while let frame = try reader.next() {
        guard reader.count == Int(number) else { continue }
        switch packets.packet(frame, number: Int(number), of: file.value) {
        case .packet(let bytes, let isBare):
          let bare = isBare ? Located(CapturedPacket.bare(Int(number), of: file.value), file.position) : nil
          return Input(bytes: bytes, bare: bare)
        case .cut(let words):
          complaints.add(
            file.position, words,
            hint: "`truncated: run` takes it as it is: { pcap: \(file.value), frame: \(number), truncated: run }")
        case .problem(let problem): complaints.add(file.position, problem)
        }
        return nil
      }
      complaints.add(
        file.position,
        "`\(file.value)` has no frame \(number): " + (reader.brokenOff ?? "it has \(reader.count)"))
    } catch {
      complaints.add(file.position, error.description)
    }
    return nil
  }

  private func expression(_ text: String, _ node: YAMLNode) -> [UInt8]? {
    if let bytes = built[text] { return bytes }
    do {
      let bytes = try Packet(expression: text).build()
      built[text] = bytes
      return bytes
    } catch let error as PacketExpressionError {
      var position = node.position
      var hint: String?
      if case .scalar(_, let plain) = node.content, !text.contains("\n") {
        position.column += error.column - 1 + (plain ? 0 : 1)
        // YAML cuts an expression short without a word where it sees ` #`, or a comma inside { }.
        if plain, text.filter({ $0 == "(" }).count > text.filter({ $0 == ")" }).count || text.isCutInsideString {
          hint = "YAML ends a value at ` #`, and inside { } at a comma: put the expression in single quotation marks"
        }
      }
      complaints.add(position, error.message, hint: hint, detail: Self.caret(under: error.column, in: text))
    } catch {
      complaints.add(node.position, "the packet can't be built: \(error)")
    }
    return nil
  }

  /// The expression, or the part of it around the column, with a caret below.
  static func caret(under column: Int, in expression: String) -> String {
    let scalars = Array(expression.unicodeScalars.map { $0 == "\n" || $0 == "\t" ? " " : $0 })
    let place = max(0, min(column - 1, scalars.count))
    let start = max(0, place - 70)
    let end = min(scalars.count, place + 40)
    var line = String.UnicodeScalarView()
    line.append(contentsOf: scalars[start..<end])
    let before = start > 0 ? "…" : ""
    return "  \(before)\(String(line))\(end < scalars.count ? "…" : "")\n  "
      + String(repeating: " ", count: place - start + before.count) + "^"
  }

  /// Decodes base64; white space is passed over, padding may be missing.
  static func decode(base64 text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    var padding = 0
    for byte in text.utf8 where byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09 {
      let value: UInt8
      switch byte {
      case 0x41...0x5a: value = byte - 0x41
      case 0x61...0x7a: value = byte - 0x61 + 26
      case 0x30...0x39: value = byte - 0x30 + 52
      case 0x2b: value = 62
      case 0x2f: value = 63
      case 0x3d:
        padding += 1
        continue
      default: return nil
      }
      guard padding == 0 else { return nil }
      bits = bits << 6 | UInt32(value)
      count += 1
      if count % 4 == 0 {
        bytes += [UInt8(bits >> 16 & 255), UInt8(bits >> 8 & 255), UInt8(bits & 255)]
        bits = 0
      }
    }
    switch count % 4 {
    case 0: return padding == 0 ? bytes : nil
    case 2 where padding == 0 || padding == 2: return bytes + [UInt8(bits >> 4 & 255)]
    case 3 where padding <= 1: return bytes + [UInt8(bits >> 10 & 255), UInt8(bits >> 2 & 255)]
    default: return nil
    }
  }
}

extension String {
  /// Whether it ends within quotation marks that it has opened.
  fileprivate var isCutInsideString: Bool {
    var open: Character?
    for character in self where character == "\"" || character == "'" {
      if open == nil { open = character } else if open == character { open = nil }
    }
    return open != nil
  }
}
