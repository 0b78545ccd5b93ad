/// The lines of `bpf_printk` in what a `trace_pipe` of tracefs gives (kernel/trace/trace_output.c: trace_print_context).
public enum PrintkLines {
  private static let mark = Array(": bpf_trace_printk: ".utf8)

  /// The messages alone, without who wrote them and when. One that holds line ends makes several lines.
  public static func messages(in text: [UInt8]) -> [String] {
    var lines: [String] = []
    var isMessage = false
    for line in text.split(separator: UInt8(ascii: "\n")) {
      if let end = endOfMark(in: line) {
        lines.append(String(decoding: line[end...], as: UTF8.self))
        isMessage = true
      } else if line.starts(with: Array("CPU:".utf8)), line.last == UInt8(ascii: "]") {
        // `CPU:0 [LOST 12 EVENTS]`: more was written than there is room for.
        lines.append(String(decoding: line, as: UTF8.self))
        isMessage = false
      } else if isOther(line) {
        isMessage = false
      } else if isMessage {
        lines.append(String(decoding: line, as: UTF8.self))
      }
    }
    return lines
  }

  /// Whether it is the line of another event: it names a processor, `[000]`.
  private static func isOther(_ line: ArraySlice<UInt8>) -> Bool {
    line.indices.dropLast(4).contains { at in
      line[at] == UInt8(ascii: "[") && line[at + 4] == UInt8(ascii: "]")
        && line[(at + 1)...(at + 3)].allSatisfy { (0x30...0x39).contains($0) }
    }
  }

  /// The number of the thread that wrote a line: `     comm-1234    [000] ..... 12.345678: tracing_mark_write: …`.
  static func writer(of line: String, in text: [UInt8]) -> Int32? {
    for candidate in text.split(separator: UInt8(ascii: "\n")) {
      let words = String(decoding: candidate, as: UTF8.self)
      guard words.hasSuffix(line), let bracket = words.dropLast(line.count).lastIndex(of: "[") else { continue }
      let digits = words[..<bracket].reversed().drop { $0 == " " }.prefix { $0 != "-" }
      return Int32(String(digits.reversed()))
    }
    return nil
  }

  private static func endOfMark(in line: ArraySlice<UInt8>) -> Int? {
    guard line.count >= mark.count else { return nil }
    for at in line.startIndex...(line.endIndex - mark.count) where line[at] == mark[0] {
      if line[at..<(at + mark.count)].elementsEqual(mark) { return at + mark.count }
    }
    return nil
  }
}
