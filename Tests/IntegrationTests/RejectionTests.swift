import BPF
import Compiling
import Executor
import Foundation
import Kernels
import MicroVM
import TestPlan
import Testing

/// Loads every program of `Rejections/rejections.yaml` on real kernels: each must be refused where the file says so, and for
/// the cause that it says. `BPFTEST_RECORD=1` writes what the kernels said into `BPFTests/Rejections`, whose test then needs
/// no kernel.
@Suite(.serialized) struct RejectionTests {
  static let recorded = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("BPFTests/Rejections/recorded.jsonl").path

  struct Row: Codable {
    var name: String
    var kernel: String
    var release: String
    var cause: String
    var errno: Int32
    var isMap: Bool
    var type: UInt32?
    var gap: String?
    var verifierLog: String
    var libbpfLog: String
  }

  private let folder = NSTemporaryDirectory() + "bpftest-rejections"

  @Test func kernelsRefuseThemForTheCauseThatIsWrongWithThem() async throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let compiler = ProgramCompiler(cache: CacheFolder.path("objects"))
    let programs = try RejectedProgram.all()
    var objects: [CompiledObject] = []
    for program in programs { objects.append(try await program.compile(in: folder, with: compiler)) }
    let kernels = try await KernelStore().fetch(["5.10", "6.1", "6.12", "7.2"], catalog: KernelCatalog.load()) { _ in }
    var rows: [Row] = []
    for kernel in kernels {
      let room = MachineRoom(options: MachineOptions()) { _ in }
      let guest = try room.boot(kernel)
      defer { guest.close() }
      for (number, (program, object)) in zip(programs, objects).enumerated() {
        try guest.send(object: object.id, bytes: object.bytes)
        let seen = try guest.run(number: number, plan: program.plan(object.id), timeout: 60)
        try check(program, object, seen, kernel.id, kernel.release, &rows)
      }
    }
    for (program, object) in zip(programs, objects) {
      let executor = PlanExecutor()
      executor.keep(object.id, bytes: object.bytes.array)
      let seen = executor.run(program.plan(object.id))
      try check(program, object, seen, "host", PlanExecutor.facts().release, &rows)
    }
    if ProcessInfo.processInfo.environment["BPFTEST_RECORD"] == "1" {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      let lines = try rows.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
      try (lines.joined(separator: "\n") + "\n").write(toFile: Self.recorded, atomically: true, encoding: .utf8)
      Issue.record("recorded \(rows.count) refusals")
    }
  }

  private func check(
    _ program: RejectedProgram, _ object: CompiledObject, _ seen: Observations, _ kernel: String, _ release: String,
    _ rows: inout [Row]
  ) throws {
    let wanted = program.cause(on: kernel)
    guard case .refused(let refusal) = seen.load else {
      if wanted != nil { Issue.record("\(kernel) loads `\(program.name)`: \(seen.load)") }
      return
    }
    let opened = try BPFObject(bytes: object.bytes.array, name: program.name)
    let type = try program.type ?? opened.program("p").type.rawValue
    rows.append(
      Row(
        name: program.name, kernel: kernel, release: release, cause: wanted ?? "-", errno: refusal.errno,
        isMap: refusal.map != nil, type: type, gap: refusal.gap, verifierLog: refusal.verifierLog,
        libbpfLog: refusal.libbpfLog))
    guard let wanted else {
      Issue.record("\(kernel) refuses `\(program.name)`: \(refusal)")
      return
    }
    let diagnosis = LoadExplainer.diagnose(
      LoadRefusal(
        errno: refusal.errno, verifierLog: refusal.verifierLog, libbpfLog: refusal.libbpfLog,
        type: BPFProgramType(rawValue: type), isMap: refusal.map != nil, release: KernelRelease(release),
        gap: refusal.gap.flatMap(LoadGap.init(rawValue:))))
    #expect(
      diagnosis.cause?.rawValue == wanted,
      "\(kernel): `\(program.name)`: \(refusal.verifierLog.suffix(300))\(refusal.libbpfLog.suffix(300))")
  }
}
