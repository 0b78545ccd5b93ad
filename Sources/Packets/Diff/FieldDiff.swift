/// One field of the two packets, or of one of them.
struct FieldDiff: Sendable {
  var name: String
  /// Byte offset in the packet that was seen, or else in the expected one.
  var offset: Int
  /// As text; `nil` where the packet doesn't have it.
  var expected: String?
  var seen: String?
  var isSame: Bool
  /// What a reader should know beside the values.
  var note: String?

  /// `ttl: expected 63, seen 64`
  var summary: String {
    let values = "expected \(Self.short(expected)), seen \(Self.short(seen))"
    return "\(name): \(values)\(note.map { " (\($0))" } ?? "")"
  }

  private static func short(_ text: String?) -> String {
    guard let text else { return "nothing" }
    return text.count > 60 ? "\(text.prefix(57))…" : text
  }

  static func compare(
    _ expected: DissectedPacket.LayerView?, _ seen: DissectedPacket.LayerView?, masked: Set<Int> = []
  ) -> [FieldDiff] {
    let id = seen?.id ?? expected?.id ?? .raw
    var out: [FieldDiff] = []
    for (index, field) in id.type.fields.enumerated() {
      if case .phantom = field.width { continue }
      if masked.contains(index) { continue }
      let a = expected?.fields.first { $0.index == index }
      let b = seen?.fields.first { $0.index == index }
      guard let placed = b ?? a else { continue }
      let start = b == nil ? expected?.start : seen?.start
      let offset = (start ?? 0) + placed.range.lowerBound
      if case .bytes = placed.field.kind {
        out += bytes(placed.field.name, offset, a?.value.bytes, b?.value.bytes)
        continue
      }
      var notes: [String] = []
      if let right = expected?.rightChecksums[index] { notes.append("expected is wrong: \(checksum(right)) is right") }
      if let right = seen?.rightChecksums[index] { notes.append("seen is wrong: \(checksum(right)) is right") }
      out.append(
        FieldDiff(
          name: placed.field.name, offset: offset, expected: a.map { $0.field.readable($0.value) },
          seen: b.map { $0.field.readable($0.value) }, isSame: a?.value == b?.value,
          note: notes.isEmpty ? nil : notes.joined(separator: "; ")))
    }
    // Bytes that belong to no field, such as what fills a chunk up.
    out += bytes(
      "filling", (seen ?? expected).map { $0.start + $0.filling.lowerBound } ?? 0, expected?.fillingBytes ?? [],
      seen?.fillingBytes ?? [])
    return out
  }

  private static func checksum(_ value: UInt64) -> String { "0x\(String(value, radix: 16))" }

  /// Bytes per line of a payload.
  private static let row = 8

  /// A run of bytes, eight to a line, so that only the lines that differ need be shown.
  private static func bytes(_ name: String, _ offset: Int, _ a: [UInt8]?, _ b: [UInt8]?) -> [FieldDiff] {
    let count = max(a?.count ?? 0, b?.count ?? 0)
    return stride(from: 0, to: count, by: row).map { at in
      let left = a.map { Array($0.dropFirst(at).prefix(row)) }
      let right = b.map { Array($0.dropFirst(at).prefix(row)) }
      return FieldDiff(
        name: "\(name)[\(at)]", offset: offset + at, expected: left.flatMap(dump), seen: right.flatMap(dump),
        isSame: left == right)
    }
  }

  private static func dump(_ bytes: [UInt8]) -> String? {
    guard !bytes.isEmpty else { return nil }
    let text = bytes.map { (0x20..<0x7f).contains($0) ? String(Unicode.Scalar($0)) : "." }.joined()
    return "\(ByteText.hex(bytes)) \(text)"
  }
}

extension Field {
  /// A value with its name, if it has one; addresses go without quotes.
  func readable(_ value: FieldValue) -> String {
    if case .names(let names, _) = kind, let name = names[value.number] { return "\(self.text(value)) (\(name))" }
    let text = self.text(value)
    switch kind {
    case .mac, .ipv4, .ipv6: return text.hasPrefix("\"") ? String(text.dropFirst().dropLast()) : text
    default: return text
    }
  }
}
