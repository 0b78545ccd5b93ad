import BPF

// `-mcpu=v3` makes a fetching atomic of every `__sync_fetch_and_add`, also where nobody looks at what it gives back, and
// kernels before 5.12 refuse all of them. For those the same source is compiled for v2, which makes a plain add of it.

extension ProgramSource {
  /// Instructions that every kernel with BTF knows.
  public static let olderInstructions = "v2"
}

extension CompiledObject {
  /// Whether it has atomics that kernels before 5.12 don't know.
  public var hasFetchingAtomics: Bool {
    NewerInstruction.all(in: bytes.array).values.contains { $0.contains { $0.kind.isAtomic } }
  }
}

extension ProgramCompiler {
  /// The object of a program for a kernel that may know no fetching atomics: where the source names no instructions, it is
  /// made without them if that can be.
  public func compile(_ source: ProgramSource, forOldKernels: Bool) async throws -> CompiledObject {
    let object = try await compile(source)
    guard forOldKernels, !source.namesInstructions, object.hasFetchingAtomics else { return object }
    var older = source
    older.mcpu = ProgramSource.olderInstructions
    // It can't where the value that an atomic gives back is used: the kernel's refusal is then what there is.
    guard let plain = try? await compile(older), !plain.hasFetchingAtomics else { return object }
    return plain
  }
}
