import Foundation

/// A kernel in the store, ready to boot.
public struct Kernel: Sendable, Hashable, Codable {
  /// The catalog's id: `6.1`.
  public var id: String
  /// `uname -r`: `6.1.0-56-cloud-amd64`.
  public var release: String
  /// `uname -m`: `x86_64`.
  public var arch: String
  /// The compressed image that QEMU boots (a bzImage).
  public var vmlinuz: String
  /// The folder with `kernel/…/*.ko[.xz|.zst]`; `nil` when the source has no modules for this kernel.
  public var modules: String?
  /// Its BTF, raw, as in `/sys/kernel/btf/vmlinux`.
  public var btf: String

  /// Where the configuration stands that it was built with, if its source had one: `__kconfig` externs are taken from it.
  public var config: String { vmlinuz.hasSuffix("/vmlinuz") ? vmlinuz.dropLast("vmlinuz".count) + "config" : "" }

  public init(id: String, release: String, arch: String, vmlinuz: String, modules: String?, btf: String) {
    self.id = id
    self.release = release
    self.arch = arch
    self.vmlinuz = vmlinuz
    self.modules = modules
    self.btf = btf
  }
}

/// What was resolved, written beside the image as `kernel.json`.
struct KernelRecord: Codable, Hashable {
  var id: String
  var release: String
  var arch: String
  /// `linux-image-…`, or the path that a `path:` entry names.
  var package: String
  /// The package's version; of a `path:` entry, the size and time of the image.
  var version: String
  /// The archive's suite, or `path`.
  var suite: String
  var hasModules: Bool
  /// The packages it was made of; `nil` of a `path:` entry, and of what was fetched before configurations were.
  var parts: [String]?

  /// Whether all was fetched that its archive has: kernels of 6.19 and later that were fetched by a bpftest which didn't
  /// know where their configuration is are fetched once more.
  func isWhole(in folder: String) -> Bool {
    parts != nil || FileManager.default.fileExists(atPath: folder + "/config")
  }

  func kernel(in folder: String) -> Kernel {
    Kernel(
      id: id, release: release, arch: arch, vmlinuz: folder + "/vmlinuz",
      modules: hasModules ? folder + "/modules" : nil, btf: folder + "/btf/vmlinux")
  }
}
