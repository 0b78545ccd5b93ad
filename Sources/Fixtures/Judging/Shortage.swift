import BPF
import Glibc
import Results
import TestPlan

/// A machine that was too small: it says nothing of the program.
extension Refusal {
  /// Data of test runs up to which `ENOMEM` can't be one of their rules: XDP refuses so what needs more than 17 fragments
  /// (net/bpf/test_run.c).
  private static let plainData = 4096

  /// Whether the kernel refused for want of memory, or of something else that a machine has too little of.
  ///
  /// - Parameter step: the step that was refused; `nil` for what comes before the first.
  func isShortage(in step: Step? = nil) -> Bool {
    switch errno {
    // A verifier that gives up on too many jumps has no memory error, whatever it says (`push_stack`, verifier.c).
    case ENOMEM:
      return !VerifierLog(verifierLog).isOfLimit && (stage != .run || (step?.data?.count ?? 0) <= Self.plainData)
    case EMFILE, ENFILE, EAGAIN: return stage == .load && verifierLog.isEmpty
    default: return false
    }
  }
}

extension PlannedTest {
  /// What the machine had too little of, in words: `program `p`: ENOMEM (…)`; `nil` when it had enough, or when just that is
  /// what the test is about.
  public func shortage(in observations: Observations) -> String? {
    guard !expectsShortage else { return nil }
    if let kernel = observations.kernel, kernel.thread == nil, let line = Self.killed(in: kernel.lines) { return line }
    if case .refused(let refusal) = observations.load, refusal.isShortage() { return words(of: refusal) }
    guard let last = observations.steps.indices.last, let refusal = observations.steps[last].refusal,
      plan.steps.indices.contains(last), refusal.isShortage(in: plan.steps[last])
    else { return nil }
    return words(of: refusal)
  }

  /// What the kernel says when it has killed a process for memory (mm/oom_kill.c), other than at a limit of a cgroup's.
  private static func killed(in lines: [KernelLine]) -> String? {
    lines.first { $0.isKernels && $0.text.hasPrefix("Out of memory: Kill") }?.text
  }

  private func words(of refusal: Refusal) -> String {
    let errno = "\(Errno.name(refusal.errno)) (\(Errno.message(refusal.errno)))"
    let what =
      refusal.program.map { "program `\($0)`" } ?? refusal.map.map { "map `\($0)`" } ?? refusal.operation
    return "\(what): \(errno)"
  }

  /// Whether the fixture expects a refusal for want of memory.
  public var expectsShortage: Bool { load.cause?.all.contains { $0?.value == .resources } ?? false }

  /// What to do about a machine that is too small.
  public var shortageAdvice: String {
    let mebibytes = maps.bytes >> 20
    guard mebibytes >= 64, let largest = maps.largest else {
      return "nothing is known of the program: verifying one with very many states may take gigabytes"
    }
    return "nothing is known of the program: its maps take about \(mebibytes) MiB; "
      + "`map_sizes: { \(largest): … }` makes the largest smaller"
  }

  /// The cell of a test for which the machine was too small.
  ///
  /// - Parameter words: what ran out, and where.
  public func cellOfShortage(_ words: String, kernel: String) -> Cell {
    Cell(
      suite: suite, test: name, kernel: kernel, verdict: .infra, cause: .resources,
      message: "memory ran out: \(words); \(shortageAdvice)")
  }
}
