import Foundation
import Testing

@testable import BPF
@testable import Compiling
@testable import Fixtures

/// Sections of globals that a test makes larger, and maps of maps whose definitions say nothing: what is refused, and what the
/// object has then. `Verdicts/14-sections` and `38-inner-maps` run them.
@Suite struct SectionSizeTests {
  private static let verdicts = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("IntegrationTests/Verdicts").path

  private func prepare(_ lines: String, _ program: String = "14-sections/sec.bpf.c") async throws -> PreparedSuite {
    let folder = try TemporaryFolder()
    let indented = lines.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
    let suite = try Suite(
      text: "object: \(Self.verdicts)/\(program)\ntests:\n  - name: t\n\(indented)\n    expect: { load: accepted }\n",
      path: folder.path + "/s.bpftest.yaml")
    return try await ProgramCompiler(cache: folder.path + "/cache").prepare(suite)
  }

  @Test func theObjectHasALargerSectionAndItsArrayMoreElements() async throws {
    let prepared = try await prepare("program: run\nmap_sizes: { .data.table: { value_size: 40 } }")
    let test = try #require(prepared.tests.first)
    #expect(prepared.objects.count == 2)
    let grown = try #require(prepared.objects.first { $0.id == test.plan.object })
    #expect(grown.id != prepared.object.id)
    let object = try BPFObject(bytes: grown.bytes.array, name: "grown")
    #expect(try object.section(".data.table").globals() == [1, 0, 0, 0, 2] + [UInt8](repeating: 0, count: 35))
    let table = try #require(object.btf.section(".data.table")?.variables.first)
    #expect(table.size == 40 && table.type.array?.count == 10 && table.type.declaration == "__u32[10]")
    // Nothing else moves.
    let before = try BPFObject(bytes: prepared.object.bytes.array, name: "before")
    #expect(try before.section(".data.table").globals() == [1, 0, 0, 0, 2, 0, 0, 0])
    #expect(try object.section(".rodata.limits").globals() == before.section(".rodata.limits").globals())
    #expect(object.maps.map(\.name) == before.maps.map(\.name))
  }

  @Test(arguments: [
    (".data.table: { value_size: 4 }", "section `.data.table` can't have 4 bytes", "it has 8, and what is in it"),
    (
      ".data.table: { value_size: 30 }", "section `.data.table` can't have 30 bytes",
      "28 or 32 bytes make whole elements"
    ),
    (".data.stats: { value_size: 64 }", "section `.data.stats` can't have 64 bytes", "`calls`, is no array"),
    (".data.tabel: { value_size: 64 }", "no section of globals `.data.tabel`", "did you mean `.data.table`?"),
    (".data.table: { value_size: 4000000000 }", "can't have 4000000000 bytes", "more than 64 MiB"),
    (".data.table: 16", "`.data.table` is a section of globals", "`.data.table: { value_size: 32 }`"),
  ])
  func whatDoesNotFitIsRefused(_ size: String, _ message: String, _ hint: String) async throws {
    let errors = try await #require(throws: FixtureErrors.self) {
      try await prepare("program: run\nmap_sizes: { \(size) }")
    }
    #expect(errors.errors.count == 1, "\(errors)")
    #expect(errors.errors[0].message.contains(message), "\(errors)")
    #expect(errors.errors[0].hint?.contains(hint) == true, "\(errors)")
    #expect(errors.errors[0].line == 5, "\(errors)")
  }

  @Test(arguments: [
    ("inner: { tenant: rules }", "no map `tenant`", "did you mean `tenants`?"),
    ("inner: { rules: rules }", "`rules` is a hash and holds no maps", nil),
    ("inner: { tenants: other }", "no map `other`", "did you mean `others`?"),
    ("inner: { tenants: others }", "`others` holds maps itself", nil),
    ("inner: { tenants: { type: hash, key_size: 4 } }", "need `type`, `key_size`, `value_size` and `max_entries`", nil),
    ("inner: { tenants: { type: hsh, key_size: 4, value_size: 4, max_entries: 1 } }", "no map type `hsh`", nil),
    ("cpus: 0", "`cpus` must be a number from 1", nil),
    ("cpus: 100", "at most 64", nil),
  ])
  func whatNoMapCanHoldIsRefused(_ line: String, _ message: String, _ hint: String?) async throws {
    let errors = try await #require(throws: FixtureErrors.self) {
      try await prepare("program: look\n\(line)", "38-inner-maps/outer.bpf.c")
    }
    #expect(errors.errors[0].message.contains(message), "\(errors)")
    if let hint { #expect(errors.errors[0].hint?.contains(hint) == true, "\(errors)") }
  }
}
