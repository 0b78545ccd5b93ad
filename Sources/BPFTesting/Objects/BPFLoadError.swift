import BPF

/// A load that the kernel or libbpf refused.
public struct BPFLoadError: Error, Sendable, CustomStringConvertible {
  /// What was refused, with the errno and libbpf's words.
  public let error: BPFError
  /// The program that was refused; `nil` when it was something else, such as a map.
  public let program: String?
  /// The map that was refused, where it was one.
  public let map: String?
  /// All that the verifier wrote about it.
  public let log: VerifierLog
  /// What to do about it, where the logs don't say so themselves.
  public let advice: String?

  init(_ error: BPFError, of object: BPF.BPFObject) {
    self.error = error
    let blamed = LibbpfLog.blamed(in: object.libbpfLog)
    let refused = object.programs.last { program in
      blamed.program.map { $0 == program.name }
        ?? (blamed.map == nil && program.autoload && !object.verifierLog(of: program.name).isEmpty)
    }
    self.program = refused?.name
    self.map = refused == nil ? blamed.map : nil
    self.log = VerifierLog(refused.map { object.verifierLog(of: $0.name) } ?? "")
    var refusal = LoadRefusal(
      errno: error.errno, verifierLog: log.text, libbpfLog: object.libbpfLog, type: refused?.type, isMap: map != nil,
      release: KernelRelease(RunningKernel.release))
    if let refused = map.flatMap({ try? object.map($0) }) {
      refusal.lacksSize =
        LoaderSizes(
          refused.type, keySize: refused.keySize, valueSize: refused.valueSize, maxEntries: refused.maxEntries) != nil
    }
    // Only a kernel that was asked, and said nothing, is asked again.
    if RefusalLines.verifier(log.text).isEmpty, object.libbpfLog.contains("program load failed") {
      refusal.gap = refused?.gap()
    }
    if LoadExplainer.diagnose(refusal).cause == .instructionSet {
      refusal.newerInstructions = refused?.newerInstructions ?? []
    }
    self.advice = LoadExplainer.diagnose(refusal).advice
  }

  /// The refusal in a line, then the lines of the log that decide, and advice.
  public var description: String { ([refusal] + [advice].compactMap { $0 }).joined(separator: "\n") }

  private var refusal: String {
    guard let program, !log.text.isEmpty else { return "\(error)" }
    let errno = error.errno == 0 ? "" : " (\(Errno.name(error.errno)))"
    return "the verifier refuses program `\(program)`\(errno): \(log.reason)\n\(log.excerpt())"
  }
}
