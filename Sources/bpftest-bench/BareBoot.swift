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
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      ["qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"]
      + ["-M", "q35", "-accel", "tcg", "-cpu", "max", "-m", "256M", "-smp", "1", "-serial", "stdio"]
      + ["-kernel", kernel.vmlinuz, "-initrd", archive, "-append", "console=ttyS0 quiet panic=-1"]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    let start = ContinuousClock.now
    try process.run()
    defer {
      process.terminate()
      process.waitUntilExit()
    }
    var seen = Data()
    while let more = try output.fileHandleForReading.read(upToCount: 4096), !more.isEmpty {
      seen += more
      if seen.range(of: Data(Self.mark.utf8)) != nil { return (ContinuousClock.now - start) / .seconds(1) }
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
    let script = "#!/bin/busybox sh\necho '\(Self.mark)'\nexec /bin/busybox sleep 1000\n"
    archive.addFile("init", contents: [UInt8](script.utf8), mode: 0o755)
    return archive.finish()
  }
}

/// A benchmark that could not be made.
struct BenchError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
