import Glibc

/// How much memory the kernel could still give away.
enum FreeMemory {
  /// What should be left when maps have taken theirs: the verifier's own, the agent's and the kernel's, 48 MiB.
  private static let reserve = 48 << 20
  /// Maps smaller than this are made without a look: the look costs more.
  private static let small = 1 << 20

  static func isEnough(for bytes: Int) -> Bool {
    guard bytes >= small, let free = available() else { return true }
    return free >= bytes.addingReportingOverflow(reserve).partialValue
  }

  /// Waits until what maps had that are gone can be had again, at most half a second: the kernel frees them in the background,
  /// behind a grace period.
  static func wait(for bytes: Int) {
    // 50 times 10 ms.
    for _ in 0..<50 {
      usleep(10_000)
      if isEnough(for: bytes) { return }
    }
  }

  /// Waits for what can't be measured, as when it is a single big piece that is wanted: 0.2 s.
  static func settle() { usleep(200_000) }

  /// `MemAvailable` in bytes (proc(5)).
  private static func available() -> Int? {
    let file = open("/proc/meminfo", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: 512)
    let count = read(file, &buffer, buffer.count)
    guard count > 0 else { return nil }
    let label = [UInt8]("MemAvailable:".utf8)
    for line in buffer[..<count].split(separator: UInt8(ascii: "\n")) where line.starts(with: label) {
      let digits = line.dropFirst(label.count).drop { $0 == UInt8(ascii: " ") }.prefix { $0 >= 48 && $0 <= 57 }
      let kibibytes = digits.reduce(0) { total, digit in (total &* 10) &+ Int(digit - 48) }
      return kibibytes &* 1024
    }
    return nil
  }
}
