import BPF
import CBenchLoops
import Foundation
import Matrix

/// The library beside C that does the same with libbpf, in one process and in turns, so that both meet the same machine.
struct LibrarySpeed {
  /// An object with an XDP program `counter`, and a struct of ten fields in its BTF.
  let object: [UInt8]

  static let program = """
    #include <linux/bpf.h>
    #include <bpf/bpf_helpers.h>
    struct ten {
      __u32 id; __u16 port; __u16 vlan; __be32 address; __u8 proto; __u8 flags; __s16 delta; __u64 packets; __u64 bytes;
      char name[16];
    };
    __u64 seen;
    struct ten ten;
    SEC("xdp") int counter(struct xdp_md *ctx) { seen++; return XDP_PASS; }
    char _license[] SEC("license") = "GPL";

    """

  /// Turns of each side; the best of each counts, since whatever disturbs one makes it slower.
  private static let turns = 100

  /// - Parameter only: `runs`, `loads` or `codec`; `nil` for all of them.
  func measure(into table: inout BenchTable, only: String? = nil) throws {
    if only ?? "runs" == "runs" { try testRuns(&table) }
    if only ?? "loads" == "loads" { try loads(&table) }
    if only ?? "codec" == "codec" { try codec(&table) }
  }

  /// The least seconds that each of two things takes, done in turns.
  private func best(_ first: () throws -> Void, _ second: () throws -> Void) rethrows -> (Double, Double) {
    var least = (Double.infinity, Double.infinity)
    for _ in 0..<Self.turns {
      least.0 = min(least.0, try seconds(first))
      least.1 = min(least.1, try seconds(second))
    }
    return least
  }

  private func check(_ status: Int32, _ what: String) throws {
    guard status == 0 else { throw BenchError("\(what) in C: \(String(cString: strerror(-status)))") }
  }

  private func testRuns(_ table: inout BenchTable) throws {
    let opened = try BPFObject(bytes: object, name: "counter")
    try opened.load()
    let program = try opened.program("counter")
    guard let descriptor = program.descriptor else { throw BenchError("the counter isn't loaded") }
    let count = 20_000
    var options = TestRunOptions()
    options.data = [UInt8](repeating: 0, count: 64)
    options.dataOutCapacity = 64
    let packet = options.data ?? []
    var result = TestRunResult()
    let (swift, c) = try best(
      { for _ in 0..<count { try program.testRun(options, into: &result) } },
      { try check(bpftest_loop_test_runs(descriptor, packet, packet.count, Int32(count)), "test runs") })
    table.add(
      "test runs from Swift", Double(count) / swift, "runs/s", baseline: ("a C loop", Double(count) / c), goal: 0.95,
      atLeast: true)
  }

  private func loads(_ table: inout BenchTable) throws {
    let count = 20
    let (swift, c) = try best(
      { for _ in 0..<count { try BPFObject(bytes: object, name: "counter").load() } },
      { try check(bpftest_loop_loads(object, object.count, Int32(count)), "loads") })
    table.add(
      "loading and closing an object", swift / Double(count) * 1e6, "µs",
      baseline: ("libbpf in C", c / Double(count) * 1e6), goal: 1.1)
  }

  private func codec(_ table: inout BenchTable) throws {
    let opened = try BPFObject(bytes: object, name: "counter")
    guard let type = opened.btf.structure("ten") else { throw BenchError("no struct of ten fields") }
    let value = BTFValue.fields([
      .init("id", 1), .init("port", 443), .init("vlan", 7), .init("address", 0x0a00_0001), .init("proto", 6),
      .init("flags", 2), .init("delta", -5), .init("packets", 1_000_000), .init("bytes", 64_000_000),
      .init("name", "eth0"),
    ])
    let bytes = try BTFCodec.encode(value, as: type)
    guard try BTFCodec.decode(bytes, as: type) == value else { throw BenchError("what was encoded isn't decoded") }
    let count = 20_000
    var sum = 0
    let (encoding, decoding) = try best(
      { for _ in 0..<count { sum &+= try BTFCodec.encode(value, as: type).count } },
      {
        for _ in 0..<count {
          if case .fields(let fields) = try BTFCodec.decode(bytes, as: type) { sum &+= fields.count }
        }
      })
    guard sum > 0 else { throw BenchError("nothing was encoded") }
    for (what, time) in [("encoding", encoding), ("decoding", decoding)] {
      table.add(
        "\(what) a struct of 10 fields by BTF", Double(count) / time, "/s", baseline: ("a million", 1e6), goal: 1,
        atLeast: true)
    }
  }
}
