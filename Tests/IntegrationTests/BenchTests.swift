import BPF
import Kernels
import Matrix
import Results
import Testing

@Suite struct BenchTests {
  private static let fixture = """
      - name: counts
        packet: Ether()/Raw("x"*46)
        expect: { return: XDP_PASS, globals: { seen: 1 } }
      - name: expects the wrong thing
        packet: Ether()/Raw("x"*46)
        expect: { return: XDP_DROP }
      - name: takes two steps
        steps:
          - { packet: Ether()/Raw("x"*46), expect: { return: XDP_PASS } }
          - { packet: Ether()/Raw("x"*46), expect: { return: XDP_PASS } }

    """

  @Test func eachTimedRunHasAFreshPacket() async throws {
    let bench = try Workbench()
    try bench.write(
      "fresh.bpf.c",
      """
      #include <linux/bpf.h>
      #include <bpf/bpf_helpers.h>
      __u32 seen, stale;
      SEC("xdp") int fresh(struct xdp_md *ctx)
      {
        unsigned char *data = (void *)(long)ctx->data;
        if (data + 1 > (unsigned char *)(long)ctx->data_end)
          return XDP_ABORTED;
        seen++;
        stale += data[0];
        data[0] = 1;
        return XDP_PASS;
      }
      char _license[] SEC("license") = "GPL";

      """)
    try bench.write(
      "fresh.bpftest.yaml", "object: fresh.bpf.c\ntests:\n  - { name: loads, expect: { load: accepted } }\n")
    let session = try await Session.prepare(paths: [bench.folder], choice: .host)
    let object = try BPFObject(bytes: try #require(session.objects.values.first).array, name: "fresh")
    try object.load()
    var options = TestRunOptions()
    options.data = [UInt8](repeating: 0, count: 64)
    let program = try object.program("fresh")
    let times = try program.timedRuns(options, batches: 5, runsPerBatch: 20)
    #expect(times.batches.count == 5)
    #expect(times.overhead.count == 5)
    #expect(times.batches.allSatisfy { $0 > 0 })
    // `seen` and `stale`; one batch more warms up.
    let globals = try object.section(".bss").globals()
    #expect(Set([globals[0], globals[4]]) == [120, 0])
    options.repetitions = 2
    _ = try program.testRun(options)
    #expect(try object.section(".bss").globals().contains(1), "with `repeat` the second run sees what the first left")
  }

  @Test func onTheHostEveryTestOfOneRunIsTimedThatPasses() async throws {
    let bench = try Workbench()
    try bench.fixture(Self.fixture)
    var options = BenchRun.Options()
    options.runs = 200
    let session = try await Session.prepare(paths: [bench.folder], choice: .host)
    let results = try await BenchRun(session: session, options: options).run { _, _ in }
    #expect(results.rows.map(\.test) == ["counts", "expects the wrong thing"])
    #expect(results.rows.map(\.verdict) == [.passed, .failed])
    #expect(results.rows.map { $0.figures != nil } == [true, false])
    #expect(results.leftOut.map(\.test) == ["takes two steps"])
    #expect(results.exitCode == 1)
  }

  @Test func aMicroVMTimesMachineCodeAndInterpreter() async throws {
    let bench = try Workbench()
    try bench.fixture(Self.fixture)
    var options = BenchRun.Options()
    options.runs = 200
    options.jit = [true, false]
    let session = try await Session.prepare(paths: [bench.folder], choice: .list("6.1"), filter: "counts")
    let results = try await BenchRun(session: session, options: options).run { _, _ in }
    #expect(results.rows.map(\.jit) == [true, false])
    #expect(results.rows.allSatisfy { $0.figures != nil }, "\(results.rows.map(\.message))")
    #expect(results.kernel.id == "6.1")
  }

  @Test func theCompilersSettingIsPutBack() throws {
    let before = JITSetting.isOn
    #expect(throws: BPFError.self) {
      try JITSetting.with((try? JITSetting.canBeOff()) == true ? false : nil) { () throws(BPFError) in
        throw BPFError(.badArgument, operation: "anything")
      }
    }
    #expect(JITSetting.isOn == before)
  }
}
