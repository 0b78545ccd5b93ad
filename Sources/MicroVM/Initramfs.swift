import Foundation
import Kernels

/// What the guest finds as its root: busybox, the agent, `vm/init` and the modules of its kernel.
enum Initramfs {
  static func build(agent: [UInt8], busybox: [UInt8], modules: GuestModules, kernel: Kernel) -> [UInt8] {
    var archive = CPIOArchive()
    for folder in ["bin", "dev", "modules", "proc", "root", "run", "sys", "tmp"] { archive.addDirectory(folder) }
    // The kernel opens it for PID 1; major and minor from the kernel's Documentation/admin-guide/devices.txt.
    archive.addCharacterDevice("dev/console", major: 5, minor: 1)
    archive.addFile("init", contents: [UInt8](GuestInit.text.utf8), mode: 0o755)
    archive.addFile("bin/busybox", contents: busybox, mode: 0o755)
    archive.addFile("agent", contents: agent, mode: 0o755)
    for (index, module) in modules.files.enumerated() {
      // The name's number is the order in which vm/init loads it.
      let number = index < 10 ? "0\(index)" : "\(index)"
      archive.addFile("modules/\(number)-\(module.name).ko", contents: module.contents)
    }
    // Where libbpf looks for what `__kconfig` externs are (bpf_object__read_kconfig_file).
    if let config = FileManager.default.contents(atPath: kernel.config) {
      archive.addDirectory("boot")
      archive.addFile("boot/config-\(kernel.release)", contents: [UInt8](config), mode: 0o644)
    }
    return archive.finish()
  }
}
