/// What a refusal to load comes from. The names are those of results and fixtures.
public enum RefusalCause: String, Hashable, Sendable, CaseIterable {
  /// The verifier found the program unsafe.
  case verifier
  /// A CO-RE relocation has no target.
  case core
  /// The kernel lacks the program type, or refuses its attach type or flags.
  case programType = "program-type"
  /// The kernel lacks the map type, or refuses the map's shape.
  case mapType = "map-type"
  /// The kernel lacks a helper, or doesn't allow it here.
  case helper
  /// The kernel lacks a kernel function, or doesn't allow it here.
  case kfunc
  /// The kernel has no BTF, or not the type or variable that is wanted.
  case btf
  /// What the program attaches to isn't there, isn't named, or can't be attached to in that way.
  case attachTarget = "attach-target"
  /// The kernel doesn't know an instruction.
  case instructionSet = "instruction-set"
  /// Privileges, lockdown or an LSM forbid it.
  case permission
  /// Memory, a limit or a size.
  case resources
  /// The kernel's configuration can't be read, or lacks an option that the program reads (`__kconfig`).
  case kconfig
}

/// What is known of a load that the kernel, or libbpf on its behalf, refused.
public struct LoadRefusal: Hashable, Sendable {
  /// Positive.
  public var errno: Int32
  public var verifierLog: String
  public var libbpfLog: String
  /// Of the program that was refused, where it is known.
  public var type: BPFProgramType?
  /// Whether a map was refused rather than a program.
  public var isMap: Bool
  /// Whether a size of that map is 0, which its loader is to set.
  public var lacksSize = false
  /// The kernel's, where it is known. It decides only whether locked memory can have been the reason.
  public var release: KernelRelease?
  /// What a probe found the kernel to lack.
  public var gap: LoadGap?
  /// The instructions of the program that older kernels don't know.
  public var newerInstructions: [NewerInstruction]

  public init(
    errno: Int32, verifierLog: String = "", libbpfLog: String = "", type: BPFProgramType? = nil, isMap: Bool = false,
    release: KernelRelease? = nil, gap: LoadGap? = nil, newerInstructions: [NewerInstruction] = []
  ) {
    self.errno = errno
    self.verifierLog = verifierLog
    self.libbpfLog = libbpfLog
    self.type = type == .unspecified ? nil : type
    self.isMap = isMap
    self.release = release
    self.gap = gap
    self.newerInstructions = newerInstructions
  }

  /// `xdp programs`.
  var kind: String { type.map { "\($0) programs" } ?? "programs of this type" }
}
