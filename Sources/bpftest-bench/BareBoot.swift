import Foundation
import Kernels
import MicroVM

/// The baseline that micro-VMs are measured against: QEMU, the same kernel, busybox as PID 1, and nothing else.
struct BareBoot {
  let kernel: Kernel
  private static let mark = "bare boot: PID 1 runs"

  /// Seconds from starting QEMU until PID 1 has written to the console.
  func seconds() throws -> Double {
    let archive = NSTemporaryDirectory() + "bpftest-bench-\(UUID().uuidString).cpio"
    defer { try? FileManager.default.removeItem(atPath: archive) }
    try Data(initramfs()).write(to: URL(fileURLWithPath: archive))
    let command = [
      "exec qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot",
      "-M q35 -accel tcg -cpu max -m 256M -smp 1 -serial stdio",
      "-kernel '\(kernel.vmlinuz)' -initrd '\(archive)' -append 'console=ttyS0 quiet panic=-1' </dev/null 2>/dev/null",
    ].joined(separator: " ")
    let start = ContinuousClock.now
    guard let output = popen(command, "r") else {
      throw BenchError("can't start QEMU: \(String(cString: strerror(errno)))")
    }
    defer { pclose(output) }
    var line = [CChar](repeating: 0, count: 1024)
    while fgets(&line, Int32(line.count), output) != nil {
      if String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self).contains(Self.mark) {
        return (ContinuousClock.now - start) / .seconds(1)
      }
    }
    throw BenchError("QEMU ended before PID 1 of kernel \(kernel.id) had its say")
  }

  private func initramfs() throws -> [UInt8] {
    guard let busybox = FileManager.default.contents(atPath: "/bin/busybox") else {
      throw BenchError("no /bin/busybox: apt-get install busybox-static")
    }
    var archive = CPIOArchive()
    for folder in ["bin", "dev"] { archive.addDirectory(folder) }
    archive.addCharacterDevice("dev/console", major: 5, minor: 1)
    archive.addFile("bin/busybox", contents: [UInt8](busybox), mode: 0o755)
    let script = "#!/bin/busybox sh\necho '\(Self.mark)'\n/bin/busybox poweroff -f\n"
    archive.addFile("init", contents: [UInt8](script.utf8), mode: 0o755)
    return archive.finish()
  }
}

/// A benchmark that could not be made.
struct BenchError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
