import BPF
import Glibc
import Housekeeping

/// What compilations share, found out once: the compiler, and the folder with `vmlinux.h`.
actor Toolbox {
  private let cache: String
  private let kernelBTF: String
  private var clang: Task<Clang, any Error>?
  private var header: Task<String, any Error>?

  init(cache: String, kernelBTF: String?) {
    self.cache = cache
    self.kernelBTF = kernelBTF ?? "/sys/kernel/btf/vmlinux"
  }

  func compiler() async throws -> Clang {
    let cache = cache
    let task = clang ?? Task { try await Clang.find(keeping: cache) }
    clang = task
    return try await task.value
  }

  /// A folder with a `vmlinux.h` of the kernel's types; the same folder for the same types.
  func headerFolder() async throws -> String {
    let (cache, kernelBTF) = (cache, kernelBTF)
    let task = header ?? Task { try Self.makeHeader(of: kernelBTF, in: cache) }
    header = task
    return try await task.value
  }

  /// A folder with what the C library's headers look for when they are compiled for no machine that they know: they take
  /// BPF for one of 32 bits, so that `uintptr_t` had 32, and want a list of functions that a 32-bit library lacks, which
  /// Debian has in libc6-dev-i386 alone.
  func libraryFolder() throws -> String {
    let folder = "\(cache)/headers/libc-1"
    for (name, text) in [
      ("gnu/stubs-32.h", "/* BPF programs call no function of a C library. */\n"),
      ("bits/wordsize.h", "#define __WORDSIZE 64\n"),
    ] where access("\(folder)/\(name)", R_OK) != 0 {
      try CacheFiles.write([UInt8](text.utf8), to: "\(folder)/\(name)")
    }
    return folder
  }

  private static func makeHeader(of kernelBTF: String, in cache: String) throws -> String {
    guard let stamp = FileStamp(kernelBTF) else {
      throw InfrastructureError(
        "no kernel whose types `vmlinux.h` could be made of", why: "can't read \(kernelBTF)",
        next: "`bpftest kernels fetch` brings some.")
    }
    // A file in sysfs has the time of its first use; the release tells one boot's kernel from another's.
    let identity =
      kernelBTF.hasPrefix("/sys/")
      ? ContentHash.of(["header 1", kernelBTF, BPFSystem.names.release, BPFSystem.names.version])
      : ContentHash.of(["header 1", kernelBTF, stamp.text])
    let index = "\(cache)/headers/\(identity)"
    if let folder = CacheFiles.read(index), access("\(folder)/vmlinux.h", R_OK) == 0 { return folder }
    guard let bytes = readFile(kernelBTF) else {
      throw InfrastructureError("can't read \(kernelBTF)", why: Errno.message(errno))
    }
    let text: [UInt8]
    do {
      text = try KernelHeader.text(of: bytes)
    } catch {
      throw InfrastructureError("no `vmlinux.h` can be made of \(kernelBTF)", why: "\(error)")
    }
    let folder = "\(cache)/headers/vmlinux-\(ContentHash.of(text))"
    try CacheFiles.write(text, to: "\(folder)/vmlinux.h")
    try CacheFiles.write([UInt8](folder.utf8), to: index)
    return folder
  }
}
