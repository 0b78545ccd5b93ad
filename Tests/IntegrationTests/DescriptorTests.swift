import BPF
import Foundation
import Matrix
import Testing

/// Counts this process's descriptors, so it runs alone.
@Suite(.serialized) struct DescriptorTests {
  /// Those of BPF objects: other tests of this process open files at the same time.
  private static func descriptors() throws -> [String: Int] {
    var counts: [String: Int] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
      guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)") else {
        continue
      }
      if target.contains("bpf") || target.contains("btf") || target.contains("memfd") {
        counts[target, default: 0] += 1
      }
    }
    return counts
  }

  @Test func tenThousandObjectsOpenedAndClosedLeaveNoDescriptor() async throws {
    let bench = try Workbench()
    try bench.fixture("  - { name: loads, expect: { load: accepted } }\n")
    let session = try await Session.prepare(paths: [bench.folder], choice: .host)
    let bytes = try #require(session.objects.values.first).array
    let before = try Self.descriptors()
    for number in 0..<10_000 {
      let object = try BPFObject(bytes: bytes, name: "object \(number)")
      for program in object.programs { try program.setAutoload(program.name == "counter") }
      // Every tenth goes into the kernel, and one in a hundred is refused there.
      if number % 100 == 0 { try object.program("careless").setAutoload(true) }
      if number % 10 == 0 { try? object.load() }
    }
    let after = try Self.descriptors()
    for (target, count) in after {
      #expect(count <= before[target, default: 0] + 20, "\(count) descriptors of \(target)")
    }
  }
}
