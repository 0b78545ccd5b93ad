import BPFTesting
import Foundation
import Testing

/// What a trigger needs is made for a closure, and gone after it.
@Suite struct EnvironmentTests {
  @Test func aTestHasANetworkAndACgroupOfItsOwn() throws {
    let (devices, folder) = try withEnvironment(Environment(network: true, cgroup: true)) { environment in
      (try Self.devices(), try #require(environment.cgroupPath))
    }
    #expect(devices == ["lo"])
    #expect(!FileManager.default.fileExists(atPath: folder))
  }

  /// Those of the calling thread's network namespace (proc(5): two lines of headings, then one for each).
  private static func devices() throws -> [String] {
    try String(contentsOfFile: "/proc/thread-self/net/dev", encoding: .utf8).split(separator: "\n").dropFirst(2)
      .compactMap { $0.split(separator: ":").first.map { $0.trimmingCharacters(in: .whitespaces) } }
  }
}
