import Foundation
import Kernels

/// Whether KVM really runs guests here. A machine may offer /dev/kvm and then hang, as nested paravirtual hosts do, so
/// that only a guest that came up is a proof. The answer is remembered until the host reboots or QEMU changes.
struct KVMProof: Codable, Equatable {
  /// What the answer depends on.
  var circumstances: String
  var works: Bool
  /// Why not, in words; empty when it works.
  var reason: String

  private static var file: String { CacheFolder.path("kvm.json") }

  /// The remembered answer, if nothing has changed since.
  static func remembered(_ circumstances: String) -> KVMProof? {
    guard let data = FileManager.default.contents(atPath: file),
      let proof = try? JSONDecoder().decode(KVMProof.self, from: data), proof.circumstances == circumstances
    else { return nil }
    return proof
  }

  /// Remembers the answer. Where it can't be written it is simply found out again the next time.
  func remember() {
    try? CacheFolder.create(CacheFolder.path("."))
    try? JSONEncoder().encode(self).write(to: URL(fileURLWithPath: Self.file), options: .atomic)
  }

  /// Why KVM can't even be tried, or `nil` when it can.
  static func obstacle() -> String? {
    let descriptor = open("/dev/kvm", O_RDWR | O_CLOEXEC)
    if descriptor >= 0 {
      close(descriptor)
      return nil
    }
    switch errno {
    case ENOENT: return "there is no /dev/kvm"
    case EACCES: return "/dev/kvm is not yours to open (is your user in the group kvm?)"
    default: return "/dev/kvm: \(String(cString: strerror(errno)))"
    }
  }

  /// The host's boot and the emulator's file.
  static func circumstances(qemu: String) -> String {
    let boot = FileManager.default.contents(atPath: "/proc/sys/kernel/random/boot_id") ?? Data()
    return String(decoding: boot, as: UTF8.self).split(separator: "\n").joined() + " " + FileStamp.of(qemu)
  }
}
