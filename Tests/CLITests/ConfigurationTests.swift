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
}
