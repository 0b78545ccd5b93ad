import Compiling
import Foundation
import Housekeeping
import TestPlan
import Yams

/// A program that kernels refuse, and what is wrong with it: an entry of `Rejections/rejections.yaml`.
struct RejectedProgram: Sendable {
  struct Problem: Error, CustomStringConvertible {
    var description: String
  }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Rejections")
    .path

  var name: String
  var code: String
  var license: String
  var mcpu: String
  /// `BPF_PROG_TYPE_*`, where the section doesn't say.
  var type: UInt32?
  var kconfig: String?
  /// The cause by kernel, and under `all` that of the others.
  var refused: [String: String]

  /// The cause that a kernel refuses it for; `nil` where it is to load.
  func cause(on kernel: String) -> String? { refused[kernel] ?? refused["all"] }

  static func all() throws -> [RejectedProgram] {
    let text = try String(contentsOfFile: "\(folder)/rejections.yaml", encoding: .utf8)
    guard let list = try Yams.load(yaml: text) as? [[String: Any]] else {
      throw Problem(description: "rejections.yaml: wants a list of programs")
    }
    return try list.map { entry in
      guard let name = entry["name"] as? String, let code = entry["code"] as? String,
        let refused = entry["refused"] as? [String: String],
        Set(entry.keys).isSubset(of: ["name", "code", "refused", "license", "mcpu", "type", "kconfig"])
      else { throw Problem(description: "rejections.yaml: not a program: \(entry)") }
      return RejectedProgram(
        name: name, code: code, license: entry["license"] as? String ?? "GPL",
        mcpu: entry["mcpu"] as? String ?? "v2", type: (entry["type"] as? Int).map { UInt32($0) },
        kconfig: entry["kconfig"] as? String, refused: refused)
    }
  }

  /// Compiled, once for all tests that need it.
  func compile(in folder: String, with compiler: ProgramCompiler) async throws -> CompiledObject {
    let text = """
      #include <stddef.h>
      #include <linux/bpf.h>
      #include <bpf/bpf_helpers.h>
      #include <bpf/bpf_core_read.h>
      #define MAP(name, kind, entries, k, v) \\
        struct { __uint(type, BPF_MAP_TYPE_##kind); __uint(max_entries, entries); __type(key, k); __type(value, v); } \\
        name SEC(".maps")
      char LICENSE[] SEC("license") = "\(license)";
      \(code)
      """
    let path = "\(folder)/\(ContentHash.of([UInt8]((text + mcpu).utf8))).bpf.c"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    do {
      return try await compiler.compile(ProgramSource(path: path, cflags: ["-w"], mcpu: mcpu))
    } catch let error as CompileError {
      throw Problem(description: "`\(name)` doesn't compile: \(error.diagnostics ?? error.message)")
    }
  }

  func plan(_ object: ObjectID) -> TestPlan {
    var plan = TestPlan(object: object, programs: ["p"])
    if let type { plan.programTypes = ["p": type] }
    plan.kconfig = kconfig.map { $0 + "\n" }
    return plan
  }
}
