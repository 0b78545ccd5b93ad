import BPFTesting
import Foundation
import Testing

/// Objects that libbpf opens in its own way, or not at all.
@Suite struct OpeningSuite {
  /// Compiles a program of these lines.
  private func object(_ lines: String, cflags: [String] = []) async throws -> BPFObject {
    let path = NSTemporaryDirectory() + "bpftest-\(UUID().uuidString).bpf.c"
    let head = "#include <linux/bpf.h>\n#include <bpf/bpf_helpers.h>\nchar LICENSE[] SEC(\"license\") = \"GPL\";\n"
    try (head + lines).write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await BPFObject(compiling: path, cflags: cflags)
  }

  @Test func globalsOfAnObjectWithoutTypesAreItsSymbols() async throws {
    let object = try await object(
      """
      const volatile __u16 step = 1;
      __u32 seen = 5;
      __u8 bytes[3];
      SEC("xdp") int count(struct xdp_md *ctx) { seen += step; bytes[1]++; return XDP_PASS; }
      """, cflags: ["-g0"])
    #expect(object.globals.names == ["bytes", "seen", "step"])
    try object.globals["step"].set(2)
    try await object.load()
    _ = try object.programs["count"].testRun(Ether() / IPv4())
    #expect(try object.globals["seen"].value == 7)
    #expect(try object.globals["seen"].read(as: UInt32.self) == 7)
    #expect(try object.globals["bytes"].value == .bytes([0, 1, 0]))
  }

  @Test func whatIsNotOpenedSaysWhatToDo() async throws {
    let error = await #expect(throws: BPFError.self) {
      try await object("SEC(\"xdp\") static __attribute__((used)) int hidden(struct xdp_md *ctx) { return XDP_PASS; }")
    }
    let words = error?.description ?? ""
    #expect(words.contains("'hidden' is static and not supported") && words.contains("take `static` away"), "\(words)")
  }
}
