/// Puts a diff into lines.
struct DiffRenderer {
  let color: Bool

  /// Unchanged fields shown before and after one that differs.
  private static let context = 1
  /// Wider values go on two lines, one below the other.
  private static let widest = 40
  /// Lines of fields of one layer; a payload that differs throughout says no more in a thousand.
  private static let mostLines = 24

  private enum Style: String {
    case red = "31"
    case green = "32"
    case dim = "2"
    case bold = "1"
  }

  private func paint(_ text: String, _ style: Style?) -> String {
    guard color, let style, !text.isEmpty else { return text }
    return "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m"
  }

  func render(_ diff: PacketDiff) -> String {
    if diff.isSame { return "no difference" }
    let shown = diff.layers.map { $0.isSame ? [] : visible($0) }
    let fields = shown.joined()
    let nameWidth = max(6, fields.map(\.name.count).max() ?? 0)
    let valueWidth = max(
      8,
      fields.flatMap { [$0.expected, $0.seen] }.map { ($0 ?? "-").count }
        .filter { $0 <= Self.widest }.max() ?? 0)
    var lines: [String] = []
    if diff.sizes.expected != diff.sizes.seen { lines.append(diff.sizeText) }
    let head = "    \(pad("", nameWidth))  offset  \(pad("expected", valueWidth))  seen"
    lines.append(paint(head, .dim))
    for (layer, fields) in zip(diff.layers, shown) {
      lines.append(title(layer))
      for field in fields { lines += line(field, layer.lone, nameWidth, valueWidth) }
      if !layer.isSame {
        let hidden = layer.fields.count { !$0.isSame } - fields.count { !$0.isSame }
        if hidden > 0 { lines.append("    … and \(hidden) more lines that differ") }
      }
    }
    return lines.joined(separator: "\n")
  }

  /// The fields that differ and their neighbours, and what there is a note about: a checksum that should have changed.
  private func visible(_ layer: LayerDiff) -> [FieldDiff] {
    let all = layer.fields
    let near = all.indices.filter { index in
      let from = max(0, index - Self.context)
      let to = min(all.count - 1, index + Self.context)
      return all[from...to].contains { !$0.isSame } || all[index].note != nil
    }
    return near.prefix(Self.mostLines).map { all[$0] }
  }

  private func title(_ layer: LayerDiff) -> String {
    switch layer.lone {
    case .expected: paint("- \(layer.title)", .green) + ": expected, but not there"
    case .seen: paint("+ \(layer.title)", .red) + ": not expected, but there"
    case nil: "  \(paint(layer.title, layer.isSame ? .dim : .bold))" + (layer.isSame ? paint(" same", .dim) : "")
    }
  }

  private func line(
    _ field: FieldDiff, _ lone: LayerDiff.Lone?, _ nameWidth: Int, _ valueWidth: Int
  ) -> [String] {
    let mark = lone != nil ? "  " : field.isSame ? "  " : "! "
    let name = pad(field.name, nameWidth)
    let offset = pad(String(field.offset), 6)
    let note = field.note.map { "  \($0)" } ?? ""
    let styles: (Style?, Style?) = field.isSame ? (.dim, .dim) : (.green, .red)
    let (expected, seen) = (field.expected ?? "-", field.seen ?? "-")
    let prefix = "  \(mark)\(name)  \(offset)  "
    if expected.count > Self.widest || seen.count > Self.widest {
      let indent = String(repeating: " ", count: prefix.count)
      if field.isSame { return [prefix + paint(expected, .dim)] }
      return [
        prefix + "expected " + paint(expected, styles.0), indent + "seen     " + paint(seen, styles.1) + note,
      ]
    }
    let left = paint(pad(expected, valueWidth), styles.0)
    return [(prefix + left + "  " + paint(seen, styles.1) + note)]
  }

  private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
