import Matrix
import Results
import Testing

/// Which functions of a kernel count as kfuncs, on kernels whose BTF says so and on those where they must be tried.
@Suite(.serialized) struct KfuncTests {
  private static let fixture = """
      - name: no kfunc
        requires: { kfunc: vfs_read }
        expect: { load: accepted }
      - name: of congestion controls
        requires: { kfunc: tcp_slow_start }
        expect: { load: accepted }
      - name: of tracing programs
        requires: { kfunc: crash_kexec }
        expect: { load: accepted }
      - name: of XDP programs
        requires: { kfunc: bpf_dynptr_from_xdp }
        expect: { load: accepted }

    """

  @Test func onOldAndNewKernels() async throws {
    let bench = try Workbench()
    try bench.fixture(Self.fixture)
    let results = try await bench.run(on: .list("5.10,6.1,6.12"))
    func passed(_ kernel: String) -> [Bool] {
      results.cells.filter { $0.kernel == kernel }.map { $0.verdict == .passed }
    }
    // Kfuncs came with 5.13; those of dynptrs with 6.4.
    #expect(passed("5.10") == [false, false, false, false])
    #expect(passed("6.1") == [false, true, true, false])
    #expect(passed("6.12") == [false, true, true, true])
    #expect(results.cells.allSatisfy { $0.verdict == .passed || $0.verdict == .skipped && $0.cause == .kfunc })
  }

  @Test func onTheHost() async throws {
    let bench = try Workbench()
    try bench.fixture(Self.fixture)
    let results = try await bench.run(on: .host)
    #expect(results.cells.first?.verdict == .skipped)
    #expect(results.cells.allSatisfy { $0.verdict == .passed || $0.verdict == .skipped })
  }
}
