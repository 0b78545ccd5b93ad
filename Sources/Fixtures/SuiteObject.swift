import BPF
import Compiling
import Glibc

extension ProgramCompiler {
  /// The suite's object: compiled, taken from the cache, or read as it is.
  ///
  /// Throws `FixtureErrors` with clang's own diagnostics when the program doesn't compile, and `InfrastructureError` when there
  /// is no compiler or no room.
  public func compile(_ suite: Suite) async throws -> CompiledObject {
    do {
      if suite.objectPath.hasSuffix(".c") {
        return try await compile(suite.program)
      }
      guard let bytes = readFile(suite.objectPath) else {
        throw CompileError("can't read `\(suite.objectPath)`: \(Errno.message(errno))")
      }
      return CompiledObject(bytes: bytes, compiler: nil, mcpu: nil)
    } catch let error as CompileError {
      throw FixtureErrors([
        FixtureError(
          path: suite.path, line: suite.objectPosition.line, column: suite.objectPosition.column,
          message: error.message, hint: error.hint, detail: error.diagnostics)
      ])
    }
  }
}

extension Suite {
  /// The object's source, as it is compiled: paths in `cflags` are relative to the fixture.
  var program: ProgramSource {
    let folder = Suite.folder(of: path)
    return ProgramSource(
      path: objectPath, includes: [folder], cflags: CompilerPaths.resolve(cflags, in: folder), mcpu: mcpu)
  }
}
