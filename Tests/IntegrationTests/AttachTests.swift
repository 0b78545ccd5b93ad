import Matrix
import Results
import Testing

/// Attaching, triggering and waiting on real kernels.
@Suite(.serialized) struct AttachTests {
  private static let program = """
    #include "vmlinux.h"
    #include <bpf/bpf_helpers.h>

    __u32 target_pid;
    __u64 execs, opens;

    static int count(__u64 *counter)
    {
      if (!target_pid || target_pid == bpf_get_current_pid_tgid() >> 32)
        __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
      return 0;
    }

    SEC("raw_tp/sched_process_exec") int on_exec(void *ctx) { return count(&execs); }
    SEC("kprobe/do_sys_openat2") int on_open(void *ctx) { return count(&opens); }
    SEC("kprobe/no_such_function") int nowhere(void *ctx) { return 0; }

    char _license[] SEC("license") = "GPL";

    """

  private func run(_ tests: String, on choice: Session.Choice) async throws -> Results {
    let bench = try Workbench()
    try bench.write("attach.bpf.c", Self.program)
    try bench.write("attach.bpftest.yaml", "object: attach.bpf.c\ntests:\n" + tests)
    return try await bench.run(on: choice, options: MatrixRun.Options(jobs: 1))
  }

  @Test func aProgramIsAttachedForItsTestAlone() async throws {
    let results = try await run(
      """
        - name: attached
          attach: [on_exec]
          globals: { target_pid: $trigger.pid }
          trigger: { exec: ["true"] }
          expect: { globals: { execs: 1 } }
        - name: another one
          program: on_exec
          attach: [on_open]
          programs: [on_exec]
          steps:
            - { trigger: { exec: ["true"] }, expect: { globals: { execs: 0, opens: { ge: 1 } } } }
      """, on: .list("5.10,6.12"))
    #expect(results.cells.map(\.verdict) == [.passed, .passed, .passed, .passed], "\(results.cells.map(\.message))")
  }

  @Test func aTriggerThatHangsFailsItsTestAndNoOther() async throws {
    let results = try await run(
      """
        - name: a program without end
          attach: [on_exec]
          trigger: { exec: [sleep, "1000"], within: 300ms }
          expect: { globals: { execs: 1 } }
        - name: a call without end
          attach: [on_exec]
          trigger: { sleep: 1000s, within: 300ms }
          expect: { globals: { execs: 1 } }
        - name: the next one
          attach: [on_exec]
          globals: { target_pid: $trigger.pid }
          trigger: { exec: ["true"] }
          expect: { globals: { execs: 1 } }
      """, on: .list("6.1"))
    #expect(results.cells.map(\.verdict) == [.failed, .failed, .passed], "\(results.cells.map(\.message))")
    #expect(results.cells.first?.message.contains("trigger `exec` was not done within 0.3 s") == true)
    #expect(results.cells.dropFirst().first?.message.contains("trigger `sleep` was not done within 0.3 s") == true)
  }

  @Test func whatDoesNotHappenIsToldInWords() async throws {
    let results = try await run(
      """
        - name: waits in vain
          attach: [on_exec]
          globals: { target_pid: $trigger.pid }
          trigger: { open: /dev/null }
          wait: { globals: { execs: { ge: 1 } }, within: 50ms }
        - name: fails unexpectedly
          attach: [on_exec]
          trigger: [{ open: /no/such/file }, { exec: ["false"] }]
          expect: { globals: { execs: any } }
      """, on: .list("6.1"))
    #expect(results.cells.map(\.verdict) == [.failed, .failed])
    #expect(results.cells.first?.failures.first?.seen == "waited 50 ms for `execs` ≥ 1; it is 0")
    #expect(results.cells.last?.failures.map(\.path) == ["trigger[0].errno", "trigger[1].exit"])
  }

  @Test func aRefusedAttachmentIsARejection() async throws {
    let results = try await run(
      """
        - name: nowhere
          attach: [nowhere]
          trigger: { exec: ["true"] }
          expect: { globals: { execs: 0 } }
      """, on: .list("5.10,7.2"))
    #expect(results.cells.map(\.verdict) == [.rejected, .rejected])
    #expect(results.cells.map(\.cause) == [.attachTarget, .attachTarget])
    #expect(results.cells.first?.message.contains("attaching program `nowhere` to `kprobe/no_such_function`") == true)
  }

  @Test func theHostsKernelIsNoOtherThanAMachines() async throws {
    let results = try await run(
      """
        - name: counts what its trigger starts
          requires: { attach: raw_tracepoint }
          attach: [on_exec]
          globals: { target_pid: $trigger.pid }
          trigger: { exec: [cat], stdin: "in" }
          expect: { trigger: { exit: 0, output: "in" }, globals: { execs: 1, target_pid: $trigger.pid } }
      """, on: .host)
    #expect(results.cells.map(\.verdict) == [.passed], "\(results.cells.map(\.message))")
  }
}
