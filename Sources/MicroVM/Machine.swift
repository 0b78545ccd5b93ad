import Foundation
import Kernels

/// One QEMU and our ends of what it shares with us.
final class Machine: Sendable {
  let process: ChildProcess
  let channel: Wire
  let control: Wire
  private let console: MemoryFile
  private let errors: MemoryFile

  /// Starts QEMU. `payload` is the initramfs of a boot or the device state of a clone.
  init(_ line: QEMUCommandLine, payload: Int32) throws(InfrastructureError) {
    guard let path = PathNames.executable(line.qemu) else { throw Self.noQEMU(line.qemu) }
    let channel = try Wire.pair()
    defer { close(channel.theirs) }
    let control = try Wire.pair()
    defer { close(control.theirs) }
    let console = try MemoryFile(name: "console")
    let errors = try MemoryFile(name: "errors")
    let null = open("/dev/null", O_RDONLY | O_CLOEXEC)
    defer { close(null) }
    // In the order of QEMUCommandLine's descriptors.
    process = try Spawner.shared.start(
      path, line.arguments,
      descriptors: [
        null, errors.descriptor, errors.descriptor, channel.theirs, control.theirs, console.descriptor, payload,
      ])
    self.channel = channel.ours
    self.control = control.ours
    self.console = console
    self.errors = errors
  }

  static func noQEMU(_ name: String) -> InfrastructureError {
    InfrastructureError(
      "can't start a micro-VM", why: "there is no `\(name)`", next: "Install it: apt-get install qemu-system-x86")
  }

  /// The console's last lines.
  var consoleTail: String { ConsoleWatch.tail(console.contents(last: 64 << 10)) }

  /// What the console's last 64 KiB say.
  var sign: ConsoleWatch.Sign? {
    ConsoleWatch.sign(in: String(decoding: console.contents(last: 64 << 10), as: UTF8.self))
  }

  /// Whether the kernel has said that it is dead.
  var isDead: Bool {
    if case .dead = sign { return true }
    return false
  }

  /// Why QEMU is gone, in words, from its wait status and what it printed.
  func obituary(_ status: Int32?) -> String {
    let said = String(decoding: errors.contents(last: 2000), as: UTF8.self)
      .split(separator: "\n").suffix(3).joined(separator: "; ")
    let how: String
    if let status {
      // wait(2): the low seven bits are the signal, the next eight the exit status.
      let signal = status & 0x7f
      how = signal != 0 ? "QEMU was killed by signal \(signal)" : "QEMU ended with status \(status >> 8 & 0xff)"
    } else {
      how = "QEMU closed its channel but still runs"
    }
    return said.isEmpty ? how : "\(how): \(said)"
  }
}
