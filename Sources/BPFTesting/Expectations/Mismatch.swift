import BPF

/// What is wrong with a result, in a form that both test libraries can tell.
struct Mismatch {
  var message: String
  /// More than belongs into a line: a diff, a log.
  var details: [(name: String, text: String)] = []

  /// The message with all details below it.
  var text: String { ([message] + details.map { "\($0.name):\n\($0.text)" }).joined(separator: "\n") }

  /// Compares the packet that came back.
  static func packet(_ result: RunResult, _ expected: [UInt8], ignoring masks: [String]) throws -> Mismatch? {
    let diff = PacketDiff(expected: expected, seen: result.bytes, ignoring: try masks.map { try FieldMask($0) })
    if diff.isEmpty { return nil }
    let isTagMissing = result.type.runsOnSKB && Packet.lacksOuterTag(result.bytes, of: expected)
    return Mismatch(
      message: "\(result.program) left another packet than expected: \(diff.summary)"
        + (isTagMissing ? "; \(TestRunRules.missingTag)" : ""),
      details: [("packet.diff", diff.render())] + printk(result))
  }

  /// Compares the metadata that was left in front of the packet.
  static func metadata(_ result: RunResult, _ expected: [UInt8]) throws -> Mismatch? {
    let seen = try result.metadata
    if seen == expected { return nil }
    func words(_ bytes: [UInt8]) -> String { bytes.isEmpty ? "none" : BTFValue.bytes(bytes).description }
    return Mismatch(
      message: "\(result.program) left other metadata than expected: expected \(words(expected)), seen \(words(seen))")
  }

  /// Compares what was returned.
  static func returns(_ result: RunResult, _ expected: ReturnValue) -> Mismatch? {
    if result.returnValue == expected { return nil }
    return Mismatch(
      message: "\(result.program) returned \(result.returnValue.description(for: result.type)), "
        + "not \(expected.description(for: result.type))",
      details: [("packet", result.input.isEmpty ? "none" : Packet(dissecting: result.input).expression)]
        + printk(result))
  }

  /// What the program said meanwhile.
  private static func printk(_ result: RunResult) -> [(name: String, text: String)] {
    result.printk.isEmpty ? [] : [("bpf_printk", result.printk.joined(separator: "\n"))]
  }

  /// Judges a test run that the kernel was to refuse, and why.
  static func refusedRun(_ error: (any Error)?, _ errno: Int32, _ rule: String?) throws -> Mismatch? {
    guard let error else { return Mismatch(message: "the test run was done, and should have been refused") }
    guard let refusal = error as? BPFError, refusal.errno != 0 else {
      return Mismatch(message: "not the kernel's refusal: \(error)")
    }
    guard refusal.errno == errno else {
      return Mismatch(message: "refused with another errno than \(Errno.name(errno)): \(refusal)")
    }
    guard let rule, try Regex(rule).firstMatch(in: refusal.detail) == nil else { return nil }
    return Mismatch(message: "refused for another reason than /\(rule)/: \(refusal)")
  }

  /// Judges an attempt to load.
  static func loads(_ error: (any Error)?) -> Mismatch? {
    guard let error else { return nil }
    guard let refusal = error as? BPFLoadError else { return Mismatch(message: "\(error)") }
    return Mismatch(
      message: "\(refusal)", details: refusal.log.text.isEmpty ? [] : [("verifier.log", refusal.log.text)])
  }

  /// Judges an attempt to load that the verifier was to refuse with words in its log.
  static func rejected(_ object: BPFObject, _ error: (any Error)?, _ pattern: String) throws -> Mismatch? {
    guard let error else {
      return Mismatch(message: "object `\(object.name)` was loaded, and should have been rejected")
    }
    guard let refusal = error as? BPFLoadError, refusal.program != nil else {
      return Mismatch(message: "not the verifier's refusal: \(error)")
    }
    let expression = try Regex(pattern)
    if try expression.firstMatch(in: refusal.log.text) != nil { return nil }
    return Mismatch(
      message: "rejected for another reason than /\(pattern)/: \(refusal.log.reason)",
      details: [("verifier.log", refusal.log.text)])
  }
}

/// What a run throws; `nil` when it is done.
func failure(of run: () throws -> RunResult) -> (any Error)? {
  do {
    _ = try run()
    return nil
  } catch {
    return error
  }
}
