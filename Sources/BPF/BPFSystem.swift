import CLibbpf
import Glibc

/// Facts about libbpf and this machine.
public enum BPFSystem {
  /// What `uname -r` says: `6.1.0-56-cloud-amd64`.
  public static var kernelRelease: String { names.release }

  /// What `uname` says: release, version and machine.
  public static let names: (release: String, version: String, machine: String) = {
    func text<Field>(_ field: Field) -> String {
      withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    var names = utsname()
    uname(&names)
    return (text(names.release), text(names.version), text(names.machine))
  }()

  /// The version of libbpf that is linked in: `1.1.2`, as far as the library tells (`libbpf_version_string`).
  public static var libbpfVersion: String {
    String(cString: libbpf_version_string()).replacingPrefix("v", with: "")
  }

  /// Possible CPUs, which is how many values a per-CPU map has under a key (`libbpf_num_possible_cpus`).
  public static let possibleCPUs = max(1, Int(libbpf_num_possible_cpus()))
}
