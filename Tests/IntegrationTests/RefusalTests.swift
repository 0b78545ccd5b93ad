import BPF
import Executor
import Fixtures
import Foundation
import Matrix
import Results
import Testing

/// Refusals that take the verifier long, and objects that are loaded as a whole, on this machine's kernel.
@Suite(.serialized) struct RefusalTests {
  private func run(_ program: String, _ tests: String, on choice: Session.Choice = .host) async throws -> Results {
    let bench = try Workbench()
    try bench.write("p.bpf.c", Self.head + program + "\nchar _license[] SEC(\"license\") = \"GPL\";\n")
    try bench.write("p.bpftest.yaml", "object: p.bpf.c\ntests:\n" + tests)
    return try await bench.run(on: choice)
  }

  @Test func aMillionInstructionsAreNotWrittenDownOneByOne() async throws {
    let results = try await run(
      """
      SEC("xdp") int endless(struct xdp_md *ctx)
      {
        __u64 sum = 0;
        for (int i = 0; i < 900000; i++) {
          sum += bpf_get_prandom_u32();
          asm volatile("" : "+r"(sum));
        }
        return sum ? XDP_PASS : XDP_DROP;
      }
      """, "  - { name: refused, program: endless, expect: { load: accepted } }\n")
    let cell = try #require(results.cells.first)
    #expect(cell.verdict == .rejected && cell.cause == .verifier, "\(cell)")
    #expect(cell.message.contains("too large") && cell.excerpt?.contains("too large") == true, "\(cell)")
    // What it did on the way is no use to anybody.
    #expect((cell.log?.utf8.count ?? 0) < 4096, "\(cell.log?.utf8.count ?? 0) bytes")
  }

  @Test func aComplaintAboutAnInstructionKeepsItsSurroundings() async throws {
    let results = try await run(
      """
      SEC("xdp") int careless(struct xdp_md *ctx)
      {
        __u64 sum = 0;
        for (int i = 0; i < 30000; i++) {
          sum += bpf_get_prandom_u32();
          asm volatile("" : "+r"(sum));
        }
        return *(unsigned char *)(long)ctx->data + sum;
      }
      """, "  - { name: refused, program: careless, expect: { load: accepted } }\n")
    let cell = try #require(results.cells.first)
    #expect(cell.excerpt?.contains("invalid access to packet") == true, "\(cell)")
    #expect(cell.excerpt?.contains("; return *(unsigned char *)(long)ctx->data + sum;") == true, "\(cell)")
  }

  private static let array = """
    SEC("xdp") int good(struct xdp_md *ctx) { return XDP_PASS; }
    SEC("xdp") int bad(struct xdp_md *ctx) { return *(unsigned char *)(long)ctx->data; }

    struct {
      __uint(type, BPF_MAP_TYPE_PROG_ARRAY);
      __uint(max_entries, 2);
      __uint(key_size, 4);
      __array(values, int (struct xdp_md *));
    } jumps SEC(".maps") = { .values = { [0] = (void *)&good, [1] = (void *)&bad } };

    SEC("xdp") int first(struct xdp_md *ctx) { bpf_tail_call(ctx, &jumps, 0); return XDP_DROP; }
    SEC("xdp") int second(struct xdp_md *ctx) { bpf_tail_call(ctx, &jumps, 1); return XDP_DROP; }
    """
  private static let tests = """
      - { name: good, program: good, expect: { load: accepted } }
      - { name: bad, program: bad, expect: { load: accepted } }
      - { name: first, program: first, expect: { load: accepted } }
      - { name: second, program: second, expect: { load: accepted } }
      - { name: first runs, program: first, packet: Ether()/IP(), expect: { return: XDP_PASS } }

    """

  @Test(arguments: [Session.Choice.host, .list("5.10,7.2")])
  func onlyTheProgramThatIsRefusedIsBlamed(choice: Session.Choice) async throws {
    let results = try await run(Self.array, Self.tests, on: choice)
    for cell in results.cells {
      switch cell.test {
      case "bad", "first runs":
        // What runs may call the one that is refused.
        #expect(cell.verdict == .rejected && cell.cause == .verifier, "\(cell)")
        #expect(cell.message.hasPrefix("program `bad`: R1 "), "\(cell)")
      default: #expect(cell.verdict == .passed, "\(cell)")
      }
    }
  }

  @Test func theTimeOfTheRunSaysReadingAndCompilingToo() async throws {
    let bench = try Workbench()
    try bench.fixture("  - name: passes\n    packet: Ether()/IP()\n    expect: { return: XDP_PASS }\n")
    // Never compiled before: its object is in no cache.
    try bench.write(
      "counter.bpf.c", "// \(UUID())\n" + Workbench.counter + "\nint unique_\(UInt32.random(in: 0 ... .max));\n")
    let clock = ContinuousClock()
    var results: Results?
    let taken = try await clock.measure { results = try await bench.run(on: .host) }
    let seconds = try #require(results?.seconds)
    #expect(seconds > taken / .seconds(1) * 0.95, "\(seconds) s of \(taken)")
  }

  private static let head = """
    #include <linux/bpf.h>
    #include <bpf/bpf_helpers.h>

    """
}

extension Session.Choice: CustomTestStringConvertible {
  public var testDescription: String {
    switch self {
    case .host: "host"
    case .list(let list): list
    }
  }
}
