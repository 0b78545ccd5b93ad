import Foundation
import Testing

/// What `bpftest.yaml` says counts for every command.
@Suite(.needsTheCLI) struct ConfigurationTests {
  @Test func kernelsKnowsTheCatalogAndTheMirror() async throws {
    let folder = try Folder([
      "cat.yaml": "kernels:\n  - { id: mine, apt: { suite: bookworm, package: linux-image-mine } }\n",
      "bpftest.yaml": "catalog: cat.yaml\nmirror: http://127.0.0.1:1/debian\n",
    ])
    let list = try await CLI.run(["kernels", "list"], in: folder)
    #expect(list.status == 0 && list.output.contains("mine"), "\(list)")
    let fetch = try await CLI.run(["kernels", "fetch", "mine"], in: folder)
    #expect(fetch.status == 3 && fetch.errors.contains("127.0.0.1:1"), "\(fetch)")
  }

  @Test func aFolderThatLooksLikeAnOptionIsAFolder() async throws {
    let folder = try Folder([
      "-dash/p.bpf.c": BadInput.program,
      "-dash/p.bpftest.yaml":
        "object: p.bpf.c\ntests: [ { name: t, program: pass, packet: Ether()/IP(), expect: { return: XDP_PASS } } ]\n",
    ])
    let outcome = try await CLI.run(["run", "--dry-run", "--", "-dash"], in: folder)
    #expect(outcome.status == 0 && outcome.output.contains("p/t"), "\(outcome)")
  }

  /// With the user's own cache, since a kernel must be in it.
  @Test(.needsRoot) func aKernelThatCannotBeFetchedKeepsNoOtherFromRunning() async throws {
    let folder = try Folder([
      "cat.yaml": """
      kernels:
        - { id: "6.12", lts: true, apt: { suite: bookworm-security, package: "linux-image-6.12.*-cloud-amd64" } }
        - { id: "6.99", apt: { suite: bookworm, package: "linux-image-6.99.*" } }

      """,
      "bpftest.yaml": "catalog: cat.yaml\nmirror: http://127.0.0.1:1/debian\n",
      "p.bpf.c": BadInput.program,
      "p.bpftest.yaml":
        "object: p.bpf.c\ntests: [ { name: t, program: pass, packet: Ether()/IP(), expect: { return: XDP_PASS } } ]\n",
    ])
    let outcome = try await CLI.run(
      ["matrix", "--kernels", "6.12,6.99", "--markdown", "out.md"], in: folder, environment: ["XDG_CACHE_HOME": nil])
    #expect(outcome.status == 3, "\(outcome)")
    #expect(outcome.output.contains("1 infra, 1 passed") && outcome.output.contains("can't be fetched"), "\(outcome)")
    #expect(try String(decoding: folder.read("out.md"), as: UTF8.self).contains("6.99"))
  }
}
