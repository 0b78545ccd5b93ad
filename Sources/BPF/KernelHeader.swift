import CBPFShims

/// The types of a kernel as a C header: what programs include as `vmlinux.h`.
public enum KernelHeader {
  /// Writes every type of a BTF blob as C, through libbpf's `btf_dump`. Throws `BPFError.Code.badBTF` when it can't be read.
  public static func text(of btf: [UInt8]) throws(BPFError) -> [UInt8] {
    try BTFDump.text(of: btf[...], "writing a kernel's types as a C header") { bpftest_btf_header($0, $1) }
  }
}
