import CBPFShims
import Glibc

/// The types of a kernel as a C header: what programs include as `vmlinux.h`.
public enum KernelHeader {
  /// Writes every type of a BTF blob as C, through libbpf's `btf_dump`. Throws `BPFError.Code.badBTF` when it can't be read.
  public static func text(of btf: [UInt8]) throws(BPFError) -> [UInt8] {
    let operation = "writing a kernel's types as a C header"
    if let why = BTFCheck.complaintBeforeDumping(btf[...]) {
      throw BPFError(.badBTF, operation: operation, detail: why)
    }
    bpftest_log_install()
    guard let text = btf.withUnsafeBytes({ bpftest_btf_header($0.baseAddress, UInt32(clamping: $0.count)) }) else {
      throw BPFError(.badBTF, errno: Glibc.errno, operation: operation)
    }
    defer { free(text) }
    return [UInt8](UnsafeRawBufferPointer(start: text, count: strlen(text)))
  }
}
