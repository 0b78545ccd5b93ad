import BPF

/// Something that the running kernel's BPF may lack. It is found out by trying, never by the version.
public struct KernelFeature: Sendable, CustomStringConvertible {
  /// What it is, for people: `program type netfilter`.
  public let description: String
  private let probe: @Sendable () throws -> Bool

  /// Programs of a type.
  public static func programType(_ type: BPFProgramType) -> KernelFeature {
    KernelFeature(description: "program type \(type)") { try KernelProbes.has(programType: type.rawValue) }
  }

  /// Maps of a type.
  public static func mapType(_ type: BPFMapType) -> KernelFeature {
    KernelFeature(description: "map type \(type)") { try KernelProbes.has(mapType: type.rawValue) }
  }

  /// A function of the kernel that programs may call.
  public static func kfunc(_ name: String) -> KernelFeature {
    KernelFeature(description: "kfunc \(name)") { try KernelProbes.has(kfunc: name) }
  }

  /// A helper, for programs of a type: `.helper("bpf_loop", for: .xdp)`.
  public static func helper(_ name: String, for type: BPFProgramType) -> KernelFeature {
    KernelFeature(description: "helper \(name) for \(type) programs") {
      if let id = HelperNames.id(of: name) { return try KernelProbes.has(helper: id, programType: type.rawValue) }
      let nearest = nearestName(to: name, among: HelperNames.all)
      throw BPFError(
        .unknownName, operation: "no helper `\(name)`", detail: nearest.map { "did you mean `\($0)`?" } ?? "")
    }
  }

  /// Something that a test run can do: running programs of a type at all, contexts of XDP, live frames …
  public static func testRun(_ ability: TestRunAbility) -> KernelFeature {
    KernelFeature(description: "test run of \(ability)") { try KernelProbes.has(testRun: ability) }
  }

  /// A type or member in the kernel's BTF: `struct task_struct.__state`.
  public static func btf(_ name: String) -> KernelFeature {
    KernelFeature(description: "BTF type \(name)") { try KernelProbes.has(type: name) }
  }

  /// A way to attach programs.
  public static func attach(_ kind: AttachKind) -> KernelFeature {
    KernelFeature(description: "attaching by \(kind.rawValue)") { try KernelProbes.has(attach: kind) }
  }

  /// Whether this kernel has it. Throws when there is nothing of that name anywhere, and `BPFError.Code.unprivileged` where
  /// this process may not find out.
  public var isPresent: Bool { get throws { try probe() } }
}

/// The kernel that this process runs on.
public enum RunningKernel {
  /// What `uname -r` says: `6.1.0-56-cloud-amd64`.
  public static let release: String = BPFSystem.kernelRelease

  /// How many CPUs it may have: so many values a per-CPU map has under a key.
  public static let possibleCPUs: Int = BPFSystem.possibleCPUs

  /// Whether it is in a range such as `>=5.15 <6.1`. Throws when the range can't be read.
  public static func isIn(_ range: String) throws -> Bool {
    guard let range = KernelRange(range) else {
      throw BPFError(
        .badArgument, operation: "kernel range \"\(range)\"", detail: "write \">=5.15\" or \">=5.10 <6.1\"")
    }
    return range.contains(KernelRelease(release))
  }
}
