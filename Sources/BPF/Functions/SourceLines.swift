/// The lines of source that an object's instructions come from (`.BTF.ext`, Documentation/bpf/btf.rst).
struct SourceLines {
  private struct Line {
    var offset: Int
    var file: Int
    var text: Int
    var number: Int
  }

  private let elf: ELFView
  private let strings: Int
  /// By section, in order of their offsets.
  private var sections: [String: [Line]] = [:]

  init(_ elf: ELFView) {
    self.elf = elf
    guard let btf = elf.section(named: ".BTF"), let extra = elf.section(named: ".BTF.ext"), btf.size >= 24,
      extra.size >= 24
    else {
      strings = -1
      return
    }
    // `struct btf_header`: hdr_len at 4, str_off at 16. `struct btf_ext_header`: line_info_off at 16, line_info_len at 20.
    strings = btf.offset + elf.number(btf.offset + 4, 4) + elf.number(btf.offset + 16, 4)
    var at = extra.offset + elf.number(extra.offset + 4, 4) + elf.number(extra.offset + 16, 4)
    let end = min(at + elf.number(extra.offset + 20, 4), extra.offset + extra.size)
    let size = elf.number(at, 4)
    at += 4
    // A record has at least 16 bytes: instruction, file, text, line and column.
    guard size >= 16 else { return }
    while at + 8 <= end {
      let name = elf.name(strings, elf.number(at, 4))
      let count = elf.number(at + 4, 4)
      at += 8
      guard count <= (end - at) / size else { return }
      sections[name, default: []] += (0..<count).map { index in
        let record = at + index * size
        return Line(
          offset: elf.number(record, 4), file: elf.number(record + 4, 4), text: elf.number(record + 8, 4),
          number: elf.number(record + 12, 4) >> 10)
      }
      at += count * size
    }
  }

  /// `file:line` and the text of the line that the instruction at a byte of a section belongs to.
  func line(of section: String, at offset: Int) -> (place: String?, text: String?) {
    guard let line = sections[section]?.last(where: { $0.offset <= offset }) else { return (nil, nil) }
    let path = elf.name(strings, line.file)
    let file = path.split(separator: "/").last.map(String.init) ?? path
    let text = elf.name(strings, line.text).drop { $0.isWhitespace }
    return (file.isEmpty ? nil : "\(file):\(line.number)", text.isEmpty ? nil : String(text.prefix(120)))
  }
}
