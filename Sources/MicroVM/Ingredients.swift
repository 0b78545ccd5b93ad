import Foundation
import Kernels

/// What goes into every machine.
struct Ingredients {
  /// A file that goes into an initramfs. It is read only when one is made.
  struct File {
    let path: String
    let digest: String

    init?(_ path: String) {
      guard let digest = ContentHash.of(file: path) else { return nil }
      self.path = path
      self.digest = digest
    }

    func read() throws(InfrastructureError) -> [UInt8] {
      guard let contents = FileManager.default.contents(atPath: path), ContentHash.of([UInt8](contents)) == digest
      else {
        throw InfrastructureError(
          "can't build the guest's root", why: "\(path) has changed since this run began", next: "Run it again.")
      }
      return [UInt8](contents)
    }
  }

  let qemu: String
  let agent: File
  let busybox: File

  /// Finds them, or says what is missing.
  init(_ options: MachineOptions) throws(InfrastructureError) {
    guard let qemu = PathNames.executable(options.qemu) else { throw Machine.noQEMU(options.qemu) }
    guard let busybox = PathNames.executable(options.busybox).flatMap(File.init) else {
      throw InfrastructureError(
        "can't build the guest's root", why: "there is no `\(options.busybox)`",
        next: "Install it: apt-get install busybox-static")
    }
    guard let agent = File(options.agentPath) else {
      throw InfrastructureError(
        "can't build the guest's root", why: "the guest agent \(options.agentPath) can't be read",
        next: "Build it (`make`), or name it with BPFTEST_GUEST.")
    }
    self.qemu = qemu
    self.agent = agent
    self.busybox = busybox
  }

  /// The agent's bytes, for a root that has no libraries beside it.
  func readAgent() throws(InfrastructureError) -> [UInt8] {
    let bytes = try agent.read()
    guard !Self.needsLibraries(bytes) else {
      throw InfrastructureError(
        "can't build the guest's root", why: "the guest agent \(agent.path) is linked dynamically",
        next: "Build it static (`make build`), or name one that is with BPFTEST_GUEST.")
    }
    return bytes
  }

  /// Whether a 64-bit ELF program has a segment that names a dynamic linker (PT_INTERP; elf(5)).
  static func needsLibraries(_ program: [UInt8]) -> Bool {
    func number(_ place: Int, _ width: Int) -> Int {
      guard place >= 0, place + width <= program.count else { return 0 }
      return (0..<width).reduce(0) { $0 | Int(program[place + $1]) << (8 * $1) }
    }
    // e_phoff, e_phentsize, e_phnum
    let (table, size, count) = (number(32, 7), number(54, 2), number(56, 2))
    return (0..<count).contains { number(table + $0 * size, 4) == 3 }
  }

  /// A snapshot's name: another one for whatever makes another machine.
  func key(_ kernel: Kernel, _ accel: Accel, memory: Int, cpus: Int) -> String {
    // The path of the memory file is the only argument that may differ between a snapshot and its clones.
    let line = QEMUCommandLine(
      qemu: qemu, kernel: kernel, accel: accel, memory: .recorded(path: "-"), size: memory, cpus: cpus)
    var parts = ["2", FileStamp.of(qemu), agent.digest, busybox.digest, GuestInit.text]
    parts += [GuestModules.wanted.joined(separator: ","), FileStamp.of(kernel.vmlinuz), kernel.modules ?? "-"]
    parts += line.arguments
    if accel == .kvm {
      // `-cpu host` is another processor on another machine.
      let text = FileManager.default.contents(atPath: "/proc/cpuinfo") ?? Data()
      let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
      parts += lines.filter { $0.hasPrefix("model name") || $0.hasPrefix("flags") }.prefix(2).map(String.init)
    }
    return Snapshots.key(parts)
  }
}
