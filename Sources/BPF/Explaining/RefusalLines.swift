/// The lines of a log in which the kernel or libbpf say what they refuse, and not what they saw on the way there.
public enum RefusalLines {
  /// The kernel's own words at the end of a verifier's log, which may run to megabytes: what decides stands there. Left out
  /// are lines of the program's source (`; return *kfunc_header; @ filter.bpf.c:12`), which may have any words, instructions,
  /// states of registers, and statistics.
  public static func verifier(_ log: String) -> [String] {
    let bytes = log.utf8
    var end = bytes.suffix(16 << 10)
    // Half a line may be source, too.
    if end.startIndex > bytes.startIndex, let newline = end.firstIndex(of: UInt8(ascii: "\n")) {
      end = bytes[newline...]
    }
    return end.split(separator: UInt8(ascii: "\n")).filter(isComplaint).map { String(decoding: $0, as: UTF8.self) }
  }

  /// libbpf's warnings, without `libbpf: ` in front, the logs that it quotes, and its advice to those who write loaders.
  public static func libbpf(_ log: String) -> [String] {
    var isQuoted = false
    return log.split(separator: "\n").compactMap { line in
      let line = String(line).replacingPrefix("libbpf: ", with: "")
      if line.hasPrefix("-- BEGIN ") { isQuoted = true }
      defer { if line.hasPrefix("-- END ") || line.hasSuffix("END BTF LOAD LOG --") { isQuoted = false } }
      if isQuoted { return nil }
      let advice = ", use bpf_program__set_attach_target()"
      return line.hasSuffix(advice) ? String(line.dropLast(advice.count)) : line
    }
  }

  private static let statistics = VerifierLog.statistics.map { Array($0.utf8) }

  private static func isComplaint(_ line: Substring.UTF8View.SubSequence) -> Bool {
    guard let first = line.first(where: { $0 != UInt8(ascii: " ") }) else { return false }
    if first == UInt8(ascii: ";") || statistics.contains(where: { line.starts(with: $0) }) { return false }
    // `12: (85) call bpf_loop#181`, `12: R0=…`; but libbpf puts its complaint in the place of an instruction.
    guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return true }
    let rest = line.drop { $0 != UInt8(ascii: ":") }.dropFirst(2)
    return rest.first == UInt8(ascii: "<")
  }
}
