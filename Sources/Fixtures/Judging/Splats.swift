import BPF
import Results
import TestPlan

/// Complaints of the kernel about itself in its log: warnings, BUGs, lockups, stalls, and taint.
///
/// A test during which the kernel complains has failed, whatever else it saw. On a kernel that others use too, a complaint
/// counts only where it is plausibly of the test; whose else it is, nobody can tell, and others mustn't fail a test.
struct Splats {
  struct Splat: Hashable {
    /// The decisive line.
    var title: String
    var lines: [String]
    var text: String { lines.joined(separator: "\n") }
  }

  /// How such a complaint begins, with where it is printed.
  private static let heads = [
    "WARNING: ", "BUG: ", "UBSAN: ", "KASAN: ", "KCSAN: ",  // kernel/panic.c, lib/ubsan.c, mm/kasan, kernel/kcsan
    "kernel BUG at ", "Oops: ", "general protection fault", "double fault",  // lib/bug.c, arch/x86/kernel
    "soft lockup", "hard LOCKUP",  // kernel/watchdog.c
    "blocked for more than",  // kernel/hung_task.c
    "self-detected stall", "detected stalls on", "detected expedited stalls",  // kernel/rcu/tree_stall.h
    "refcount_t: ", "list_add corruption", "list_del corruption",  // lib/refcount.c, lib/list_debug.c
    "suspicious RCU usage", "possible recursive locking", "possible circular locking", "inconsistent lock state",
    "sysfs: cannot create duplicate filename", "unregister_netdevice: waiting for",  // fs/sysfs, net/core/dev.c
  ]

  /// Lines of one complaint that are kept: a long call trace has some 60.
  private static let most = 80

  /// The complaints among lines of a log.
  static func find(in lines: [KernelLine]) -> [Splat] {
    var splats: [Splat] = []
    var isOpen = false
    for line in lines where line.isKernels {
      let isHead = heads.contains { line.text.contains($0) }
      // What follows a head, up to the end of its trace, belongs to it: `RIP: 0010:…`, `Call Trace:`.
      if isHead, !isOpen || !line.text.hasPrefix(" ") && splats.last?.lines.count ?? 0 > 3 {
        splats.append(Splat(title: line.text, lines: [line.text]))
        isOpen = true
        continue
      }
      guard isOpen, let last = splats.indices.last else { continue }
      if splats[last].lines.count < most { splats[last].lines.append(line.text) }
      if line.text.hasPrefix("---[ end trace") { isOpen = false }
    }
    return splats
  }

  /// What the kernel complained of during the test that isn't allowed.
  static func of(_ observations: Observations, allowed: [AllowedSplat], today: String) -> [Splat] {
    guard let kernel = observations.kernel else { return [] }
    var splats = find(in: kernel.lines)
    if let thread = kernel.thread {
      let processes = [thread] + observations.steps.compactMap(\.process)
      splats = splats.filter { isPlausible($0, processes) }
    } else if splats.isEmpty, kernel.taint != 0 {
      let names = taintNames(kernel.taint)
      splats = [Splat(title: "the kernel became tainted: \(names)", lines: ["tainted: \(names)"])]
    }
    return splats.filter { splat in !allowed.contains { $0.allows(splat.text, on: today) } }
  }

  /// Complaints that came after the test before this one had ended, with nothing running.
  static func before(_ observations: Observations, allowed: [AllowedSplat], today: String) -> [Splat] {
    guard let kernel = observations.kernel, kernel.thread == nil else { return [] }
    return find(in: kernel.late).filter { splat in !allowed.contains { $0.allows(splat.text, on: today) } }
  }

  /// Whether it names a process of the test, or came while none ran (in an interrupt, or in a thread of the kernel's) and is
  /// about BPF.
  private static func isPlausible(_ splat: Splat, _ processes: [Int32]) -> Bool {
    let text = splat.text
    if processes.contains(where: {
      text.contains("PID: \($0) ") || text.contains(":\($0)]") || text.contains("/\($0)\n")
    }) {
      return true
    }
    let kernels = ["Comm: swapper", "Comm: kworker", "Comm: ksoftirqd", "Comm: rcu", "Comm: migration"]
    return text.contains("bpf_") && kernels.contains { text.contains($0) }
  }

  /// Letters and meanings by bit (kernel/panic.c: `taint_flags`).
  private static let taints = [
    "P (a proprietary module)", "F (a module was forced in)", "S (out of specification)", "R (a module was forced out)",
    "M (a machine check)", "B (a bad page)", "U (by request of user space)", "D (it has died: an oops or BUG)",
    "A (an ACPI table was overridden)", "W (a warning)", "C (a staging driver)", "I (a firmware workaround)",
    "O (a module from outside the tree)", "E (an unsigned module)", "L (a soft lockup)", "K (live-patched)",
    "X (set by the distribution)", "T (built with struct randomisation)", "N (an in-kernel test)",
  ]

  static func taintNames(_ bits: UInt64) -> String {
    (0..<64).filter { bits >> UInt64($0) & 1 == 1 }
      .map { $0 < taints.count ? taints[$0] : "bit \($0)" }.joined(separator: ", ")
  }
}

/// A complaint of the kernel that a project knows of, and puts up with until a day.
public struct AllowedSplat: Sendable, Hashable {
  let pattern: Pattern
  /// The last day, `2027-01-31`.
  public let until: String
  public let why: String?

  /// `nil` when the pattern is no regular expression, or `until` no day.
  public init?(matches: String, until: String, why: String?) {
    guard let pattern = Pattern(matches), Self.isDay(until) else { return nil }
    self.pattern = pattern
    self.until = until
    self.why = why
  }

  /// The pattern as it is written.
  public var matches: String { pattern.text }

  /// Whether that day is past the last one; `today` is `2026-11-29`.
  public func isOver(on today: String) -> Bool { today > until }

  func allows(_ text: String, on today: String) -> Bool { !isOver(on: today) && pattern.occurs(in: text) }

  /// Four digits, two and two, of a month and a day that there are.
  static func isDay(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [4, 2, 2], let year = Int(parts[0]), let month = Int(parts[1]),
      let day = Int(parts[2]), year > 0, (1...12).contains(month)
    else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return (1...days[month - 1]).contains(day)
  }
}

extension Observations {
  /// Whether the kernel has complained about itself or is tainted, so that it isn't any more what it was.
  public var hasLeftTraces: Bool {
    guard let kernel, kernel.thread == nil else { return false }
    return kernel.taint != 0 || !Splats.find(in: kernel.lines + kernel.late).isEmpty
  }
}

extension PlannedTest {
  /// The cell of a test during which the kernel may have complained about itself: then it has failed.
  ///
  /// - Parameter today: the day that decides what is still allowed, `2026-11-29`.
  public func noting(
    splatsOf observations: Observations, in cell: Cell, allowed: [AllowedSplat], today: String
  ) -> Cell {
    noting(Splats.of(observations, allowed: allowed, today: today), in: cell, path: "kernel log")
  }

  /// The cell of a test after which, and before the next one began, the kernel complained; `next` is what was seen of that.
  public func noting(
    splatsBefore next: Observations, in cell: Cell, allowed: [AllowedSplat], today: String
  ) -> Cell {
    noting(
      Splats.before(next, allowed: allowed, today: today), in: cell,
      path: "kernel log, after the test and before the next one began")
  }

  private func noting(_ splats: [Splats.Splat], in cell: Cell, path: String) -> Cell {
    guard let first = splats.first else { return cell }
    var cell = cell
    switch cell.verdict {
    case .passed, .skipped:
      cell.verdict = .failed
      cell.cause = .splat
      cell.message = "\(path): \(first.title)"
    case .failed: break
    default:
      // The reason stands; this may be part of it.
      cell.message += "; meanwhile the kernel complained: \(first.title)"
      return cell
    }
    // A lockup is told of again every few seconds.
    cell.failures += splats.prefix(5).map { splat in
      Failure(path: path, expected: "no warning, BUG or taint", seen: splat.title, detail: splat.text, line: line)
    }
    return cell
  }
}
