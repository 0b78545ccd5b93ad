import BPF
import Matrix
import Results
import Testing

/// Runs on the kernel that the tests stand on, and so needs the right to load BPF.
@Suite struct HostTests {
  @Test func everythingThatAProgramTouchesIsReadBack() async throws {
    let bench = try Workbench()
    try bench.fixture(
      """
        - name: counts
          globals: { verdict: 1, seen: 41 }
          maps: { ports: { 80: { count: 4294967295, bytes: 6 } } }
          packet: Ether(dst="00:00:00:00:00:01", src="00:00:00:00:00:02", type=0x9000)/Raw("x"*46)
          expect:
            return: XDP_DROP
            packet: Ether(dst="10:00:00:00:00:01", src="00:00:00:00:00:02", type=0x9000)/Raw("x"*46)
            maps: { ports: { 80: { count: 0, bytes: 66 } }, stats: { 1: 2 } }
            globals: { seen: 42 }
      """)
    let results = try await bench.run(on: .host)
    #expect(results.cells.map(\.message) == [""])
    #expect(results.cells.map(\.verdict) == [.passed])
    #expect(results.exitCode == 0)
  }

  /// A micro-VM has one CPU, unless a test asks for more.
  @Test func valuesOfEachCPUAreWrittenReadAndAddedUp() async throws {
    let bench = try Workbench()
    let before = (0..<BPFSystem.possibleCPUs).map { 10 * $0 + 1 }
    let sum = before.reduce(2, +)
    try bench.fixture(
      """
        - name: adds up
          maps: { stats: { 0: { per_cpu: \(before) }, 1: { per_cpu: \(before) } } }
          packet: Ether()/Raw("x"*46)
          expect: { maps: { stats: { 0: { per_cpu: \(before) }, 1: \(sum) } } }
        - name: tells which CPU has another value
          maps: { stats: { 0: { per_cpu: \(before) } } }
          packet: Ether()/Raw("x"*46)
          expect: { maps: { stats: { 0: { per_cpu: \(before.dropLast() + [0]) } } } }
      """)
    let results = try await bench.run(on: .host)
    #expect(results.cells.map(\.verdict) == [.passed, .failed], "\(results.cells.map(\.message))")
    let failure = try #require(results.cells.last?.failures.first)
    #expect(failure.path == "maps.stats[0].per_cpu[\(before.count - 1)]")
    #expect(failure.seen == "\(before[before.count - 1])")
  }

  @Test func stepsKeepTheirState() async throws {
    let bench = try Workbench()
    let step = "{ packet: Ether()/Raw(\"x\"*46), expect: { globals: { seen: %d }, maps: { stats: { 1: %d } } } }"
    try bench.fixture(
      "  - name: twice\n    steps:\n"
        + [(1, 2), (2, 4)].map {
          "      - "
            + step.replacing("%d", with: "\($0.0)", maxReplacements: 1)
            .replacing("%d", with: "\($0.1)") + "\n"
        }.joined()
        + "  - name: afresh\n    packet: Ether()/Raw(\"x\"*46)\n    expect: { globals: { seen: 1 } }\n")
    let results = try await bench.run(on: .host)
    #expect(results.cells.map(\.verdict) == [.passed, .passed], "\(results.cells.map(\.message))")
  }

  @Test func aStepSetsOnlyTheMembersThatItNames() async throws {
    let bench = try Workbench()
    try bench.write(
      "config.bpf.c",
      """
      #include <linux/bpf.h>
      #include <bpf/bpf_helpers.h>

      struct config { __u32 x; __u32 y; __u8 low : 3, high : 5; __u16 list[3]; };
      struct config config = { .x = 1, .y = 2, .low = 3, .high = 4, .list = { 5, 6, 7 } };

      SEC("xdp") int add(struct xdp_md *ctx)
      {
        config.y += 10;
        config.high += 10;
        config.list[1] += 10;
        return XDP_PASS;
      }

      char _license[] SEC("license") = "GPL";

      """)
    try bench.write(
      "config.bpftest.yaml",
      """
      object: config.bpf.c
      tests:
        - name: keeps the others as they are
          globals: { config: { y: 100, list: [50] } }
          steps:
            - globals: { config: { x: 7, low: 1, list: { 2: 70 } } }
              packet: Ether()/Raw("x"*46)
              expect: { globals: { config: { x: 7, y: 110, low: 1, high: 14, list: [50, 16, 70] } } }
            - globals: { config: { y: 0, low: 2 } }
              packet: Ether()/Raw("x"*46)
              expect: { globals: { config: { x: 7, y: 10, low: 2, high: 24, list: [50, 26, 70] } } }

      """)
    let results = try await bench.run(on: .host)
    #expect(results.cells.map(\.verdict) == [.passed], "\(results.cells.map(\.message))")
  }

  @Test func lostEventsAreToldToTheStepThatReadsThemAndToNoLaterOne() async throws {
    let bench = try Workbench()
    try bench.write(
      "loss.bpf.c",
      """
      #include <linux/bpf.h>
      #include <bpf/bpf_helpers.h>

      struct {
        __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
        __uint(key_size, 4);
        __uint(value_size, 4);
      } out SEC(".maps");

      SEC("xdp") int tell(struct xdp_md *ctx)
      {
        char record[256] = {};

        bpf_perf_event_output(ctx, &out, BPF_F_CURRENT_CPU, record, sizeof(record));
        return XDP_PASS;
      }

      char _license[] SEC("license") = "GPL";

      """)
    try bench.write(
      "loss.bpftest.yaml",
      """
      object: loss.bpf.c
      defaults: { packet: Ether()/Raw("x"*46) }
      tests:
        - name: loses most, then none
          steps:
            - { repeat: 5000, expect: { events: { out: { lost: 0, count: { ge: 100 } } } } }
            - { expect: { events: { out: { lost: { ge: 1000 }, count: 1 } } } }
            - { expect: { events: { out: { lost: 0, count: 1 } } } }

      """)
    let results = try await bench.run(on: .host)
    #expect(results.cells.map(\.verdict) == [.passed], "\(results.cells.map(\.message))")
  }

  @Test func aWaitSeesNumbersAsAnExpectationDoes() async throws {
    let bench = try Workbench()
    try bench.write(
      "numbers.bpf.c",
      """
      #include <linux/bpf.h>
      #include <bpf/bpf_endian.h>
      #include <bpf/bpf_helpers.h>

      __be32 address;
      __u64 most;
      int low;

      SEC("xdp") int set(struct xdp_md *ctx)
      {
        address = bpf_htonl(0x7f000001);
        most = ~0ULL;
        low = -5;
        return XDP_PASS;
      }

      char _license[] SEC("license") = "GPL";

      """)
    try bench.write(
      "numbers.bpftest.yaml",
      """
      object: numbers.bpf.c
      defaults: { packet: Ether()/Raw("x"*46) }
      tests:
        - name: sees them
          wait: { globals: { address: 0x7f000001, most: { ge: 1 }, low: { lt: -1 } }, within: 100ms }
          expect: { globals: { address: 0x7f000001, most: { ge: 1 }, low: { lt: -1 } } }
        - name: sees an address
          wait: { globals: { address: 127.0.0.1, most: 0xffffffffffffffff }, within: 100ms }
        - name: says what it is
          wait: { globals: { most: { lt: 0xffffffffffffffff } }, within: 10ms }

      """)
    let results = try await bench.run(on: .host)
    #expect(results.cells.map(\.verdict) == [.passed, .passed, .failed], "\(results.cells.map(\.message))")
    #expect(results.cells.last?.failures.first?.seen.hasSuffix("it is 18446744073709551615") == true)
  }

  @Test func aWrongExpectationSaysWhatDiffers() async throws {
    let bench = try Workbench()
    try bench.fixture(
      """
        - name: wrong
          packet: Ether()/Raw("x"*46)
          expect: { return: XDP_TX, globals: { seen: 2 } }
      """)
    let results = try await bench.run(on: .host)
    let cell = try #require(results.cells.first)
    #expect(cell.verdict == .failed)
    #expect(cell.failures.map(\.path) == ["return", "globals.seen"])
    #expect(cell.failures.first?.expected == "XDP_TX (3)")
    #expect(cell.failures.first?.seen == "XDP_PASS (2)")
    #expect(results.exitCode == 1)
  }

  @Test func whatRunsWithoutAPacketRunsBeforeItIsWaitedFor() async throws {
    let bench = try Workbench()
    try bench.write(
      "later.bpf.c",
      """
      #include <linux/bpf.h>
      #include <bpf/bpf_helpers.h>
      int seen;
      static __attribute__((noinline)) int add(int x) { return seen += x; }
      SEC("syscall") int set(int *context) { seen = *context; return add(1); }
      char _license[] SEC("license") = "GPL";
      """)
    try bench.write(
      "later.bpftest.yaml",
      """
      object: later.bpf.c
      tests:
        - name: a call
          call: { function: add, args: [41] }
          wait: { globals: { seen: 41 }, within: 1s }
          expect: { return: 41 }
        - name: a program with a context
          program: set
          context: { hex: 29000000 }
          wait: { globals: { seen: 42 } }
          expect: { return: 42 }
        - name: a call that goes wrong
          call: { function: add, args: [41] }
          wait: { globals: { seen: 41 } }
          expect: { return: 40 }
      """)
    let results = try await bench.run(on: .host)
    #expect(results.cells.map(\.verdict) == [.passed, .passed, .failed], "\(results.cells.map(\.message))")
  }

  @Test func aHelperOfOtherProgramTypesIsNotThere() async throws {
    let bench = try Workbench()
    try bench.fixture(
      """
        - name: has no skb
          requires: { helper: bpf_skb_load_bytes }
          expect: { load: accepted }
        - name: has the time
          requires: { helper: bpf_ktime_get_ns }
          expect: { load: accepted }
      """)
    let results = try await bench.run(on: .host)
    #expect(results.cells.map(\.verdict) == [.skipped, .passed], "\(results.cells.map(\.message))")
    #expect(results.cells.first?.cause == .helper)
  }

  @Test func aProgramThatTheVerifierRefusesIsRejectedWithItsReason() async throws {
    let bench = try Workbench()
    try bench.fixture(
      """
        - name: careless
          program: careless
          expect: { load: accepted }
        - name: known to be careless
          program: careless
          expect: { load: rejected, log: "invalid access to packet", cause: verifier }
      """)
    let results = try await bench.run(on: .host)
    #expect(results.cells.map(\.verdict) == [.rejected, .passed])
    #expect(results.cells.first?.cause == .verifier)
    #expect(results.cells.first?.excerpt?.contains("invalid access to packet") == true)
  }

  @Test func tenThousandStepsAreRunAndJudged() async throws {
    let bench = try Workbench()
    let step = "      - { packet: { hex: \"\(String(repeating: "00", count: 64))\" }, expect: { return: XDP_PASS } }\n"
    try bench.fixture("  - name: many\n    steps:\n" + String(repeating: step, count: 10_000))
    let results = try await bench.run(on: .host)
    #expect(results.cells.map(\.verdict) == [.passed], "\(results.cells.map(\.message))")
  }
}
