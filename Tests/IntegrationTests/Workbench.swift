import Foundation
import Matrix
import MicroVM
import Results

/// A folder with a program and a fixture, made for one test and removed after it.
final class Workbench {
  let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "bpftest-integration-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func write(_ name: String, _ text: String) throws {
    try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
  }

  /// A fixture around `counter.bpf.c`, a small XDP program that the tests here share.
  func fixture(_ tests: String) throws {
    try write("counter.bpf.c", Self.counter)
    try write("counter.bpftest.yaml", "object: counter.bpf.c\ndefaults: { program: counter }\ntests:\n" + tests)
  }

  func run(
    on choice: Session.Choice, options: MatrixRun.Options = MatrixRun.Options(), filter: String? = nil
  ) async throws -> Results {
    try await Session.prepare(paths: [folder], choice: choice, filter: filter).run(options: options)
  }

  /// The repository's own fixtures.
  static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("fixtures").path

  static let counter = """
    #include <linux/bpf.h>
    #include <bpf/bpf_helpers.h>

    struct hits { __u32 count; __u32 bytes; };

    struct {
      __uint(type, BPF_MAP_TYPE_HASH);
      __uint(max_entries, 16);
      __type(key, __u16);
      __type(value, struct hits);
    } ports SEC(".maps");

    struct {
      __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
      __uint(max_entries, 2);
      __type(key, __u32);
      __type(value, __u64);
    } stats SEC(".maps");

    const volatile __u32 verdict = XDP_PASS;
    __u32 seen;

    SEC("xdp") int counter(struct xdp_md *ctx)
    {
      __u16 port = 80;
      __u32 slot = 1;
      struct hits *hits = bpf_map_lookup_elem(&ports, &port);
      __u64 *stat = bpf_map_lookup_elem(&stats, &slot);
      unsigned char *data = (void *)(long)ctx->data;

      if (hits) {
        hits->count++;
        hits->bytes += ctx->data_end - ctx->data;
      }
      if (stat)
        *stat += 2;
      seen++;
      if (data + 1 <= (unsigned char *)(long)ctx->data_end)
        data[0] ^= 0x10;
      return verdict;
    }

    SEC("xdp") int careless(struct xdp_md *ctx)
    {
      return *(unsigned char *)(long)ctx->data;
    }

    SEC("xdp") int endless(struct xdp_md *ctx)
    {
      return XDP_PASS;
    }

    char _license[] SEC("license") = "GPL";

    """
}
