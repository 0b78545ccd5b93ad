import Results
import TestPlan
import Testing

@testable import Fixtures

@Suite struct SplatTests {
  private func lines(_ texts: String...) -> [KernelLine] {
    texts.enumerated().map { KernelLine(priority: 4, time: UInt64($0), text: $1) }
  }

  private static let warning = [
    "------------[ cut here ]------------",
    "WARNING: CPU: 0 PID: 77 at kernel/bpf/core.c:1 bpf_something+0x1/0x2",
    "Modules linked in:", "CPU: 0 PID: 77 Comm: bpftest Not tainted 6.1.0", "Call Trace:", " <TASK>",
    " bpf_something+0x1/0x2", " </TASK>", "---[ end trace 0000000000000000 ]---",
  ]

  private func seen(_ texts: [String], thread: Int32? = nil, taint: UInt64 = 0) -> Observations {
    var observations = Observations(load: .loaded)
    observations.kernel = KernelObservation(
      lines: texts.map { KernelLine(priority: 4, time: 1, text: $0) }, taint: taint, thread: thread)
    return observations
  }

  private func titles(_ observations: Observations, allowed: [AllowedSplat] = []) -> [String] {
    Splats.of(observations, allowed: allowed, today: "2026-11-29").map(\.title)
  }

  @Test func aWarningIsOneComplaintWithItsTrace() {
    let splats = Splats.find(
      in: lines("v0: entered promiscuous mode")
        + Self.warning.map {
          KernelLine(priority: 4, time: 2, text: $0)
        } + lines("v0: left promiscuous mode"))
    #expect(splats.map(\.title) == [Self.warning[1]])
    #expect(splats.first?.lines.last == Self.warning.last)
  }

  @Test(arguments: [
    "watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [agent:1]",
    "rcu: INFO: rcu_preempt self-detected stall on CPU",
    "INFO: task cat:88 blocked for more than 15 seconds.",
    "UBSAN: shift-out-of-bounds in kernel/bpf/core.c:1:2",
  ])
  func knowsTheKernelsComplaints(line: String) { #expect(titles(seen([line])) == [line]) }

  @Test func whatProgramsWriteIntoTheLogIsNoComplaint() {
    var observations = seen([])
    observations.kernel?.lines = Self.warning.map { KernelLine(priority: 12, time: 1, text: $0) }
    #expect(titles(observations).isEmpty)
  }

  @Test func taintWithoutAWordIsAComplaintToo() {
    #expect(titles(seen([], taint: 1 << 9)) == ["the kernel became tainted: W (a warning)"])
    #expect(titles(seen(Self.warning, taint: 1 << 9)) == [Self.warning[1]])
  }

  @Test func onAMachineOfOthersItMustBePlausiblyOfTheTest() {
    #expect(titles(seen(Self.warning, thread: 77)) == [Self.warning[1]])
    #expect(titles(seen(Self.warning, thread: 78)).isEmpty)
    #expect(titles(seen([], thread: 78, taint: 1 << 9)).isEmpty)
    let soft = Self.warning.map { $0.replacing("PID: 77 Comm: bpftest", with: "PID: 15 Comm: ksoftirqd/0") }
    #expect(
      titles(seen(soft.map { $0.replacing("PID: 77", with: "PID: 15") }, thread: 78)) == [
        Self.warning[1].replacing("PID: 77", with: "PID: 15")
      ])
  }

  @Test func whatIsAllowedIsSoUntilItsLastDay() throws {
    func allowed(_ until: String) throws -> [AllowedSplat] {
      [try #require(AllowedSplat(matches: "core\\.c:\\d+ bpf_something", until: until, why: nil))]
    }
    #expect(titles(seen(Self.warning), allowed: try allowed("2026-11-29")).isEmpty)
    #expect(titles(seen(Self.warning), allowed: try allowed("2026-11-28")) == [Self.warning[1]])
    #expect(AllowedSplat(matches: "(", until: "2026-11-28", why: nil) == nil)
    for day in ["2026-13-01", "2026-02-29", "soon", "2026-1-1", "20261-01-1", ""] {
      #expect(AllowedSplat(matches: "x", until: day, why: nil) == nil, "\(day)")
    }
    #expect(AllowedSplat(matches: "x", until: "2028-02-29", why: nil) != nil)
  }

  @Test func whatTheOOMKillerKilledIsAShortage() {
    #expect(Splats.find(in: lines("Out of memory: Killed process 9 (tail) total-vm:1kB")).isEmpty)
  }
}
