import Foundation
import Matrix
import Packets
import Results
import Synchronization
import Testing

/// Captures and generated packets through a program on this machine's kernel and in micro-VMs.
@Suite struct TrafficTests {
  private func capture(_ bench: Workbench, frames: Int) throws {
    let writer = try CaptureWriter(path: bench.folder + "/traffic.pcapng")
    for index in 0..<frames {
      let bytes = try Packet(expression: "Ether()/IP(id=\(index % 65536))/UDP(dport=\(index % 60000))/Raw('x'*18)")
        .build()
      try writer.write(CaptureFrame(bytes, nanoseconds: UInt64(index) * 1000))
    }
    try writer.finish()
  }

  private func run(
    _ bench: Workbench, on choice: Session.Choice = .host, recording: Bool = false,
    options: MatrixRun.Options = MatrixRun.Options()
  ) async throws -> Results {
    var options = options
    options.record = recording
    return try await Session.prepare(paths: [bench.folder], choice: choice, recording: recording).run(options: options)
  }

  @Test func aGoldenRecordedHereHoldsInAMicroVM() async throws {
    let bench = try Workbench()
    try capture(bench, frames: 20)
    try bench.fixture(
      """
        - name: replays
          globals: { verdict: 1 }
          replay: traffic.pcapng
          expect: { golden: traffic.golden.pcapng, globals: { seen: 20 }, maps: { stats: { 1: 40 } } }
      """)
    await #expect(throws: (any Error).self) { try await run(bench) }
    #expect(try await run(bench, recording: true).cells.map(\.verdict) == [.passed])
    let frames = try CaptureReader(path: bench.folder + "/traffic.golden.pcapng").rest()
    #expect(frames.count == 20)
    #expect(frames.allSatisfy { $0.comments == ["XDP_DROP"] && $0.bytes[0] == 0xef })
    #expect(try await run(bench, on: .list("5.10,7.2")).cells.map(\.message) == ["", ""])

    // The program changes its mind.
    try bench.write(
      "counter.bpf.c",
      Workbench.counter.replacing("data[0] ^= 0x10", with: "data[0] ^= 0x30"))
    let cells = try await run(bench, on: .list("5.10")).cells
    #expect(cells.first?.verdict == .failed)
    #expect(
      cells.first?.failures.map(\.path) == ["frame 1: packet", "frame 2: packet", "frame 3: packet", "frames"])
  }

  @Test func tenThousandFramesAreOnePlan() async throws {
    let bench = try Workbench()
    try capture(bench, frames: 10_000)
    try bench.fixture(
      """
        - name: many
          replay: traffic.pcapng
          expect: { return: XDP_PASS, golden: g.pcapng, maps: { stats: { 1: 20000 } } }
      """)
    #expect(try await run(bench, recording: true).cells.map(\.message) == [""])
    #expect(try await run(bench).cells.map(\.message) == [""])
    // Under emulation a tenth of them has to do.
    try bench.fixture(
      """
        - name: many
          replay: { pcap: traffic.pcapng, frames: 1-1000 }
          expect: { return: XDP_PASS, maps: { stats: { 1: 2000 } } }
      """)
    #expect(try await run(bench, on: .list("6.1")).cells.map(\.message) == [""])
  }

  @Test(arguments: ["host", "5.10", "7.2"])
  func aGeneratedPacketThatFailsIsShrunkWhereItFailed(kernel: String) async throws {
    let bench = try Workbench()
    try bench.write(
      "picky.bpf.c",
      """
      #include <linux/bpf.h>
      #include <bpf/bpf_helpers.h>
      SEC("xdp") int picky(struct xdp_md *ctx)
      {
        unsigned char *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
        return data + 23 <= end && data[22] >= 200 ? XDP_ABORTED : XDP_PASS;
      }
      char _license[] SEC("license") = "GPL";

      """)
    try bench.write(
      "picky.bpftest.yaml",
      """
      object: picky.bpf.c
      tests:
        - name: never aborts
          packets: { generate: 100, seed: 7, from: Ether()/IP()/TCP(), vary: [IP.ttl, IP.src, TCP.dport, length] }
          expect: { return: XDP_PASS }

      """)
    var options = MatrixRun.Options()
    options.saveFailures = bench.folder + "/failures"
    let notes = Mutex<[String]>([])
    options.note = { note in notes.withLock { $0.append(note) } }
    let results = try await run(bench, on: kernel == "host" ? .host : .list(kernel), options: options)
    let failure = try #require(results.cells.first?.failures.first)
    #expect(failure.path.hasSuffix(": return"))
    #expect(failure.detail?.contains("smallest that fails: Ether(") == true, "\(failure.detail ?? "")")
    #expect(failure.frame != nil)

    let path = "\(bench.folder)/failures/picky-never-aborts-\(kernel).pcapng"
    #expect(notes.withLock { $0.contains { $0.contains(path) } })
    let saved = try CaptureReader(path: path).rest()
    #expect(try saved.map(\.bytes) == [Packet(expression: "Ether(type=0x0800)/IP(ttl=200)").build()])
    // What is saved can be replayed, and fails.
    try bench.write(
      "picky.bpftest.yaml",
      "object: picky.bpf.c\ntests:\n  - { name: again, replay: \(path), expect: { return: XDP_PASS } }\n")
    #expect(try await run(bench).cells.first?.failures.map(\.path) == ["frame 1: return"])
  }
}
