/// Reads a kernel's console for signs of its death.
enum ConsoleWatch {
  /// How bad a sign is.
  enum Sign: Equatable {
    /// The kernel is dead or will do nothing sensible any more; the decisive line.
    case dead(String)
    /// The kernel complains that something goes on for too long; the decisive line.
    case stuck(String)
  }

  /// Words of the kernel's, with where they are printed.
  private static let deadly = [
    "Kernel panic - not syncing",  // kernel/panic.c
    "BUG: kernel NULL pointer dereference", "BUG: unable to handle",  // arch/x86/mm/fault.c
    "kernel BUG at ",  // lib/bug.c
    "Oops: ", "general protection fault",  // arch/x86/kernel/{dumpstack,traps}.c
    "double fault:", "stack guard page was hit",  // arch/x86/kernel/traps.c
    "Out of memory and no killable processes",  // mm/oom_kill.c
  ]
  private static let slow = [
    "BUG: soft lockup", "watchdog: BUG: soft lockup", "hard LOCKUP",  // kernel/watchdog.c
    "self-detected stall", "detected stalls on CPUs", "detected expedited stalls",  // kernel/rcu/tree_stall.h
    "blocked for more than",  // kernel/hung_task.c
  ]

  /// The worst that the console says; a panic outranks the oops before it only in having no better words.
  static func sign(in console: String) -> Sign? {
    var stuck: String?
    for line in console.split(whereSeparator: \.isNewline) {
      if deadly.contains(where: { line.contains($0) }) { return .dead(words(line)) }
      if stuck == nil, slow.contains(where: { line.contains($0) }) { stuck = words(line) }
    }
    return stuck.map { .stuck($0) }
  }

  /// A line without its time stamp.
  private static func words(_ line: Substring) -> String {
    var rest = line
    if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") { rest = rest[rest.index(after: end)...] }
    return rest.drop { $0 == " " }.description
  }

  /// The console's last lines, fit to print: no carriage returns, no control characters.
  static func tail(_ bytes: [UInt8], lines: Int = 60) -> String {
    let text = String(decoding: bytes, as: UTF8.self)
    let clean = text.unicodeScalars.filter { $0 == "\n" || $0 == "\t" || $0.value >= 32 }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: clean)
    let all = String(view).split(separator: "\n", omittingEmptySubsequences: true)
    return all.suffix(lines).joined(separator: "\n")
  }
}
