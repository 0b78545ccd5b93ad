/// A verifier's log, and the few lines of it that decide.
///
/// Up to 7.2 the complaint stands at the end, behind the instruction and the source line that it is about, and before
/// the statistics (`processed 12 insns …`, kernel/bpf/verifier.c: `print_verification_stats`). Since 7.3 it is a block of
/// its own: `Verification failed: …`, then `Reason:`, `At:`, `Causal path:` and `Suggestion:`.
public struct VerifierLog: Hashable, Sendable {
  /// All of it, as the kernel wrote it.
  public let text: String
  private let lines: [Substring]

  /// Heads of lines that say nothing of the program: statistics.
  static let statistics = [
    "processed ", "verification time ", "stack depth ", "insns_", "insns processed ", "mark_read ",
  ]
  private static let failure = "Verification failed"

  public init(_ text: String) {
    self.text = text
    self.lines = text.split(separator: "\n").filter { line in
      !Self.statistics.contains { line.hasPrefix($0) } && line.contains { !$0.isWhitespace }
    }
  }

  /// Where the block of 7.3 and newer begins.
  private var block: Int? { lines.lastIndex { $0.hasPrefix(Self.failure) } }

  /// The complaint itself, in one line; empty for an empty log.
  public var reason: String {
    if let block {
      // The reason stands behind its heading, or in the line below it.
      if let heading = lines[block...].firstIndex(where: { trimmed($0).hasPrefix("Reason:") }) {
        let words = trimmed(trimmed(lines[heading]).dropFirst("Reason:".count))
        if !words.isEmpty { return words }
        if heading + 1 < lines.endIndex { return trimmed(lines[heading + 1]) }
      }
      return trimmed(lines[block])
    }
    // Behind "infinite loop detected" stand the two states that are alike.
    let complaint = lines.last { !$0.hasPrefix("cur state:") && !$0.hasPrefix("old state:") }
    return complaint.map { trimmed($0) } ?? ""
  }

  /// Whether it is the log of a program that the verifier accepted, which says what it has gone through and no complaint.
  public var isAcceptance: Bool {
    guard block == nil, text.contains("processed ") else { return lines.isEmpty }
    guard let last = lines.last else { return true }
    // An instruction, a source line, a state, a function that is fine.
    let heads = [";", "from ", "R", "func#", "Func#", "Validating "]
    let isInstruction = last.contains(": (") && last.first.map { ("0"..."9").contains($0) } == true
    return isInstruction || heads.contains { last.hasPrefix($0) && !last.contains("invalid") }
  }

  /// The lines that decide, at most `limit` of them, with a word on how many stand before and after.
  ///
  /// Of the old shape these are the last ones: the source line, the instruction, the complaint. Of the new shape the
  /// block is there for people already.
  public func excerpt(limit: Int = 8) -> String {
    let start: Int
    if let block {
      start = block
    } else {
      // From the last source line that the verifier quotes, but never so far up that the complaint drowns.
      let quoted = lines.lastIndex { $0.hasPrefix(";") } ?? lines.count
      start = max(min(quoted, lines.count - 3), lines.count - limit, 0)
    }
    let shown = lines[start...].prefix(block == nil ? limit : 24)
    var out = shown.map { String($0) }
    if start > 0 { out.insert("… \(start) \(start == 1 ? "line" : "lines") omitted", at: 0) }
    let after = lines.count - start - shown.count
    if after > 0 { out.append("… \(after) more \(after == 1 ? "line" : "lines")") }
    return out.joined(separator: "\n")
  }

  private func trimmed(_ line: some StringProtocol) -> String {
    var line = Substring(line).drop { $0.isWhitespace }
    while line.last?.isWhitespace == true { line.removeLast() }
    return String(line)
  }
}
