import Fixtures
import Foundation
import Matrix
import MicroVM
import Results
import Testing

/// Kernels that complain of themselves, each provoked in a real guest.
@Suite(.serialized) struct KernelComplaintTests {
  private func bench(_ tests: String) throws -> Workbench {
    let bench = try Workbench()
    try bench.write("trouble.bpf.c", Self.program)
    try bench.write("trouble.bpftest.yaml", "object: trouble.bpf.c\ntests:\n" + tests)
    return bench
  }

  private func options(timeout: Double = 60, allowed: [AllowedSplat] = []) -> MatrixRun.Options {
    var options = MatrixRun.Options(jobs: 2, timeout: timeout)
    options.allowedSplats = allowed
    options.today = "2026-11-29"
    return options
  }

  private func told(_ results: Results) -> String {
    results.cells.map { "\($0.kernel) \($0.test): \($0.verdict) \($0.message) \($0.failures)" }.joined(separator: "\n")
  }

  private static let tainting = """
      - name: taints the kernel
        attach: [on_enter]
        trigger: { write: /proc/sys/kernel/tainted, text: "512" }
        expect: { globals: { entered: { ge: 1 } } }
      - name: comes after it
        attach: [on_enter]
        trigger: { sysctl: kernel.tainted }
        expect: { globals: { entered: { ge: 1 } } }

    """

  @Test func taintFailsThePassingTestAndNotItsNeighbour() async throws {
    let results = try await bench(Self.tainting).run(on: .list("5.10,6.1,6.12,7.2"), options: options())
    for cell in results.cells where cell.test == "taints the kernel" {
      #expect(cell.verdict == .failed && cell.cause == .splat, "\(told(results))")
      #expect(cell.message.contains("W (a warning)"), "\(told(results))")
    }
    for cell in results.cells where cell.test == "comes after it" {
      #expect(cell.verdict == .passed, "\(told(results))")
    }
  }

  @Test func whatIsAllowedFailsNothingUntilItsDayIsOver() async throws {
    let allowed = try #require(AllowedSplat(matches: "tainted: W", until: "2026-11-29", why: nil))
    let over = try #require(AllowedSplat(matches: "tainted: W", until: "2026-11-28", why: nil))
    let bench = try bench(Self.tainting)
    let fine = try await bench.run(on: .list("6.1"), options: options(allowed: [allowed]))
    #expect(fine.cells.map(\.verdict) == [.passed, .passed], "\(told(fine))")
    let late = try await bench.run(on: .list("6.1"), options: options(allowed: [over]))
    #expect(late.cells.map(\.verdict) == [.failed, .passed], "\(told(late))")
  }

  @Test func aSoftLockupIsSeenInATestThatPassesAndInOneThatHangs() async throws {
    let spin = """
        - name: NAME
          programs: [spin]
          attach: [on_enter]
          steps:
            - trigger: { write: /proc/sys/kernel/watchdog_thresh, text: "1" }
              expect: { globals: { entered: { ge: 1 } } }
            - { program: spin, packet: Ether()/IP(), globals: { milliseconds: LONG }, expect: { return: XDP_PASS } }

      """
    func test(_ name: String, _ long: String) -> String {
      spin.replacingOccurrences(of: "NAME", with: name).replacingOccurrences(of: "LONG", with: long)
    }
    let bench = try bench(test("passes late", "5000") + test("never ends", "500000"))
    let results = try await bench.run(on: .list("6.1,7.2"), options: options(timeout: 15))
    for cell in results.cells where cell.test == "passes late" {
      #expect(cell.verdict == .failed && cell.cause == .splat, "\(told(results))")
      #expect(cell.failures.first?.seen.contains("soft lockup") == true, "\(told(results))")
    }
    for cell in results.cells where cell.test == "never ends" {
      #expect(cell.verdict == .hung && cell.message.contains("soft lockup"), "\(told(results))")
    }
  }

  @Test func aTaskThatHangsIsSeen() async throws {
    let results = try await bench(
      """
        - name: waits for a lock
          attach: [on_enter]
          trigger:
            - { sysctl: kernel.hung_task_timeout_secs, value: "2" }
            - { sysctl: kernel.hung_task_check_interval_secs, value: "1" }
            - exec: [sh, -c, "exec 3</proc/kmsg; cat <&3 >/dev/null & a=$!; cat <&3 >/dev/null & b=$!; sleep 7; kill $a; kill $b"]
              within: 20s
          expect: { globals: { entered: { ge: 1 } } }

      """
    ).run(on: .list("6.1"), options: options())
    #expect(results.cells.map(\.cause) == [.splat], "\(told(results))")
    #expect(results.cells.first?.failures.first?.seen.contains("blocked for more than") == true, "\(told(results))")
  }

  @Test func memoryThatATriggerEatsIsTheMachinesEnd() async throws {
    let results = try await bench(
      """
        - name: eats all of it
          attach: [on_enter]
          trigger: { exec: [sh, -c, "echo 33554432 > /proc/sys/vm/min_free_kbytes; cat /proc/meminfo"], within: 60s }
          expect: { globals: { entered: { ge: 1 } } }

      """
    ).run(on: .list("6.1"), options: options(timeout: 90))
    #expect(results.cells.map(\.verdict) == [.infra], "\(told(results))")
    #expect(results.cells.first?.cause == .resources, "\(told(results))")
    #expect(results.cells.first?.message.contains("memory ran out") == true, "\(told(results))")
  }

  private static let program = """
    #include <linux/bpf.h>
    #include <bpf/bpf_helpers.h>

    __u64 entered, milliseconds;

    SEC("raw_tp/sys_enter") int on_enter(void *ctx)
    {
      entered++;
      return 0;
    }

    static int inner(__u32 i, __u64 *end) { return bpf_ktime_get_ns() > *end; }
    static int outer(__u32 i, __u64 *end)
    {
      bpf_loop(1 << 20, inner, end, 0);
      return bpf_ktime_get_ns() > *end;
    }

    SEC("xdp") int spin(struct xdp_md *ctx)
    {
      __u64 end = bpf_ktime_get_ns() + milliseconds * 1000000;
      bpf_loop(1 << 20, outer, &end, 0);
      return XDP_PASS;
    }

    char _license[] SEC("license") = "GPL";

    """
}
