import BPF
import Packets
import Results
import TestPlan

extension PlannedTest {
  /// The cell of a test that this kernel isn't meant for, and that needn't run; `nil` for one that is to run.
  ///
  /// - Parameter release: what `uname -r` says, or the version that the kernel's id begins with.
  public func skipped(kernel: String, release: String) -> Cell? {
    guard let kernels, !kernels.contains(KernelRelease(release)) else { return nil }
    return cell(kernel, .skipped, cause: .kernel, message: "for kernels \(kernels.text)")
  }

  /// What the observations mean: compares them with what the fixture expects. Pure: the same for the same input.
  public func judge(_ observations: Observations, kernel: String, release: String) -> Cell {
    if let cell = skipped(kernel: kernel, release: release) { return cell }
    if let words = shortage(in: observations) {
      var cell = cellOfShortage(words, kernel: kernel)
      cell.seconds = observations.seconds
      return cell
    }
    let version = KernelRelease(release)
    var cell: Cell
    switch observations.load {
    case .missing(let missing):
      let names = missing.map(\.description).joined(separator: ", ")
      cell = self.cell(
        kernel, .skipped, cause: missing.first.map(Cause.init(of:)), message: "this kernel has no \(names)")
    case .refused(let refusal):
      cell = judge(refusal, kernel, version)
    case .loaded:
      cell = judgeLoaded(observations, kernel, version)
    }
    cell.seconds = observations.seconds
    if !notes.isEmpty { cell.notes = notes }
    if cell.verdict != .passed { cell.printk = printk(observations.steps) }
    return cell
  }

  /// Lines of `bpf_printk` that a cell keeps.
  private static let printkLimit = 200

  /// What the programs wrote, by step where there are several; `nil` when it is nothing.
  private func printk(_ steps: [StepObservation]) -> [String]? {
    let all = steps.enumerated().flatMap { index, step in
      (step.printk ?? []).map { numbersSteps && steps.count > 1 ? "step \(index + 1): \($0)" : $0 }
    }
    guard all.count > Self.printkLimit else { return all.nilIfEmpty }
    return all.prefix(Self.printkLimit) + ["(\(all.count - Self.printkLimit) more lines)"]
  }

  private func cell(
    _ kernel: String, _ verdict: Verdict, cause: Cause? = nil, message: String = "", failures: [Failure] = []
  ) -> Cell {
    Cell(
      suite: suite, test: name, kernel: kernel, verdict: verdict, cause: cause, message: message, failures: failures)
  }

  private func failed(_ kernel: String, _ failures: [Failure], more: Int = 0) -> Cell {
    guard let first = failures.first else { return cell(kernel, .passed) }
    let others = failures.count - 1 + more
    let tail = others > 0 ? " (and \(others) more)" : ""
    return cell(
      kernel, .failed, message: "\(first.path): expected \(first.expected), seen \(first.seen)\(tail)",
      failures: failures)
  }

  // MARK: Loading

  private func judge(_ refusal: Refusal, _ kernel: String, _ release: KernelRelease) -> Cell {
    let words = "\(refusal.operation): \(Errno.name(refusal.errno)) (\(Errno.message(refusal.errno)))"
    switch refusal.stage {
    case .open, .environment:
      return cell(kernel, .infra, message: words)
    case .attach:
      return judgeAttachment(refusal, kernel, release)
    case .setup:
      let why = mapUpdates.explain(refusal, plan.maps)
      let told = refusal.errno == 0 ? refusal.operation : words
      return cell(kernel, .failed, message: told + (why.map { "; \($0)" } ?? ""))
    case .prepare, .run, .trigger, .read:
      return cell(kernel, .failed, message: refusal.errno == 0 ? refusal.operation : words)
    case .load: break
    }
    let diagnosis = diagnose(refusal, release: release)
    let ofMap = mapUpdates.sharing(refusal) ?? mapUpdates.slot(refusal)
    let cause = ofMap == nil ? diagnosis.cause.map(Cause.init) : Cause.mapType
    let log = VerifierLog(refusal.verifierLog)
    let expected = load.outcome.value(on: release) ?? .accepted
    let wanted = load.cause(on: release)
    // Lack of privilege or memory says nothing of the program, unless that is what the fixture asks about.
    let isEnvironment = (cause == .permission || cause == .resources) && wanted?.value != cause
    var result: Cell
    if expected == .accepted || isEnvironment {
      let who =
        refusal.program.map { "program `\($0)`" } ?? refusal.map.map { "map `\($0)`" } ?? "the object"
      let why = reason(refusal, ofMap == nil ? log : VerifierLog(""))
      let advice = ofMap ?? refusal.map.flatMap { mapAdvice[$0] } ?? diagnosis.advice
      result = cell(kernel, .rejected, cause: cause, message: "\(who): \(why)" + (advice.map { "; \($0)" } ?? ""))
    } else {
      result = failed(kernel, rejectionFailures(refusal, cause, wanted, release))
      result.cause = cause
    }
    guard result.verdict != .passed else { return result }
    let text = refusal.verifierLog.isEmpty ? refusal.libbpfLog : refusal.verifierLog
    result.log = Self.tail(text)
    result.excerpt =
      refusal.verifierLog.isEmpty ? Self.libbpfLines(refusal).joined(separator: "\n") : log.excerpt()
    if result.excerpt?.isEmpty == true { result.excerpt = nil }
    if result.log?.isEmpty == true { result.log = nil }
    return result
  }

  private func judgeAttachment(_ refusal: Refusal, _ kernel: String, _ release: KernelRelease) -> Cell {
    let cause = AttachRefusal.cause(of: refusal)
    guard load.attachRefused?.value(on: release) == true else {
      return cell(kernel, .rejected, cause: cause, message: AttachRefusal.explain(refusal))
    }
    return failed(kernel, rejectionFailures(refusal, cause, load.cause(on: release), release))
  }

  private func reason(_ refusal: Refusal, _ log: VerifierLog) -> String {
    let errno = "\(Errno.name(refusal.errno)) (\(Errno.message(refusal.errno)))"
    if !log.reason.isEmpty { return log.reason }
    let lines = Self.libbpfLines(refusal).filter { line in !Self.asides.contains { line.contains($0) } }
    // Of a map, what is said of it; of anything else, what comes first led to all the rest.
    let telling = refusal.map.flatMap { map in lines.first { $0.hasPrefix("map '\(map)'") } } ?? lines.first
    return telling.map { "\(errno): \($0)" } ?? errno
  }

  /// What libbpf says of any load that fails: that it couldn't raise the limit of locked memory, that it tries again, that
  /// not even its own probe was let in, and the errno in words. It stands in the log; the errno and the advice say more.
  private static let asides = [
    "Failed to bump RLIMIT_MEMLOCK", "Retrying without BTF", "bpf_object__probe_loading", "failed to load object",
    "BTF loading error", "Error loading .BTF into kernel", "BPF program load failed", ": failed to load: -",
  ]

  /// What libbpf said, without its prefix, the logs that it quotes, and advice to programmers of loaders.
  private static func libbpfLines(_ refusal: Refusal) -> [String] {
    RefusalLines.libbpf(refusal.libbpfLog).prefix(8).map { String($0) }
  }

  /// Bytes of a log that a result keeps: its end, where a verifier says what is wrong.
  private static let logLimit = 64 << 10

  private static func tail(_ log: String) -> String {
    guard log.utf8.count > logLimit else { return log }
    let rest = String(decoding: log.utf8.suffix(logLimit), as: UTF8.self)
    return "(\(log.utf8.count - logLimit) bytes omitted)\n" + rest
  }

  private func rejectionFailures(
    _ refusal: Refusal, _ cause: Cause?, _ wanted: Located<Cause>?, _ release: KernelRelease
  ) -> [Failure] {
    var failures: [Failure] = []
    if let wanted, wanted.value != cause {
      failures.append(
        Failure(
          path: "cause", expected: wanted.value.rawValue, seen: cause?.rawValue ?? "none", line: wanted.position.line))
    }
    if let pattern = load.log(on: release),
      !pattern.value.occurs(in: refusal.verifierLog), !pattern.value.occurs(in: refusal.libbpfLog)
    {
      failures.append(
        Failure(
          path: "log", expected: "a match of /\(pattern.value.text)/",
          seen: reason(refusal, VerifierLog(refusal.verifierLog)), line: pattern.position.line))
    }
    return failures
  }

  // MARK: Runs

  private static func name(of stage: Refusal.Stage) -> String {
    switch stage {
    case .run: "a run"
    case .trigger: "a trigger"
    case .setup: "set-up"
    default: "a reading"
    }
  }

  /// Failures that a cell keeps: ten thousand steps may fail in one way.
  private static let failureLimit = 20

  private func judgeLoaded(_ observations: Observations, _ kernel: String, _ release: KernelRelease) -> Cell {
    if load.outcome.value(on: release) == .rejected {
      return failed(
        kernel, [Failure(path: "load", expected: "rejected", seen: "accepted", line: load.position.line)])
    }
    if load.attachRefused?.value(on: release) == true {
      return failed(
        kernel, [Failure(path: "attach", expected: "refused", seen: "accepted", line: load.position.line)])
    }
    var failures: [Failure] = []
    var more = 0
    func report(_ failure: Failure) {
      if failures.count < Self.failureLimit { failures.append(failure) } else { more += 1 }
    }
    if let pattern = load.log(on: release),
      !observations.programs.contains(where: { pattern.value.occurs(in: $0.verifierLog) })
    {
      report(
        Failure(
          path: "log", expected: "a match of /\(pattern.value.text)/", seen: "none in the verifier's log",
          line: pattern.position.line))
    }
    if let programTest {
      switch programTest.judge(
        observations.steps, plan: plan, type: steps.last?.type ?? .unspecified, release: release)
      {
      case .failures(let found):
        found.forEach(report)
        return failed(kernel, failures, more: more)
      case .skipped(let words):
        return cell(
          kernel, .skipped, message: words.isEmpty ? "the test skips itself" : "the test skips itself: \(words)")
      case .unobserved(let role): return cell(kernel, .infra, message: "nothing was observed of \(role)")
      }
    }
    if let traffic {
      let judge = TrafficJudge(test: self, traffic: traffic, release: release)
      if let missing = judge.check(observations.steps, report) {
        return cell(kernel, .infra, message: "nothing was observed of \(missing)")
      }
      return failed(kernel, failures, more: more)
    }
    let judge = StepJudge(release: release)
    var previous: UInt32?
    for (index, step) in steps.enumerated() {
      let prefix = prefix(ofStep: index)
      guard index < observations.steps.count else {
        return cell(kernel, .infra, message: "\(prefix)nothing was observed of this step")
      }
      let seen = observations.steps[index]
      defer { if plan.steps[index].program != nil { previous = seen.refusal == nil ? seen.returnValue : nil } }
      if let run = step.run, run.isRefused.value(on: release) == true, run.judges(seen.refusal) {
        let planned = plan.steps[index].sending(seen)
        run.check(seen.refusal, step: planned, type: step.type, release: release, prefix: prefix, report)
        PreviousReturn.$judged.withValue(previous) {
          judge.check(step.withoutOutput, planned: planned, seen: seen, prefix: prefix, report)
        }
        continue
      }
      if let refusal = seen.refusal {
        var why = RunRefusal.explain(refusal, step: plan.steps[index].sending(seen), type: step.type, release: release)
        if refusal.stage == .setup, let words = mapUpdates.explain(refusal, plan.steps[index].maps) {
          why += "; \(words)"
        }
        let what = Self.name(of: refusal.stage)
        report(Failure(path: "\(prefix)\(refusal.stage.rawValue)", expected: what, seen: why, line: step.line))
        break
      }
      PreviousReturn.$judged.withValue(previous) {
        judge.check(step, planned: plan.steps[index].sending(seen), seen: seen, prefix: prefix, report)
      }
    }
    return failed(kernel, failures, more: more)
  }
}
