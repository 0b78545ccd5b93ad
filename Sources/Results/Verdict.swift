/// What became of one test on one kernel.
public enum Verdict: String, Codable, Hashable, Sendable, CaseIterable {
  /// Every expectation held.
  case passed
  /// It ran, and something was not as expected.
  case failed
  /// The kernel refused to load it, and the test expected otherwise.
  case rejected
  /// The test doesn't apply to this kernel; the message says why.
  case skipped
  /// The kernel died under it.
  case crashed
  /// It didn't end within its time limit.
  case hung
  /// The machinery failed, so nothing is known about the program.
  case infra
  /// The fixture, or the object that it names, is wrong, so nothing was run.
  case invalid
}

/// What a rejection or a skip comes from.
public enum Cause: String, Codable, Hashable, Sendable, CaseIterable {
  /// The verifier found the program unsafe.
  case verifier
  /// A CO-RE relocation has no target on this kernel.
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
  /// The function, tracepoint or hook to attach to doesn't exist, isn't named, or can't be attached to in that way.
  case attachTarget = "attach-target"
  /// The kernel doesn't know an instruction.
  case instructionSet = "instruction-set"
  /// Privileges, lockdown or an LSM forbid it.
  case permission
  /// Memory, a limit or a size.
  case resources
  /// A `__kconfig` extern has no value: the kernel brings no configuration, or doesn't set that option.
  case kconfig
  /// The kernel warned of itself in its log, or became tainted.
  case splat
  /// Of a skip: the fixture limits the test to other kernels.
  case kernel
}
