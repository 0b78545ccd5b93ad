import BPF
import Foundation
import Housekeeping
import Matrix
import Synchronization
import Testing

/// Signals that arrive while the kernel runs a program over and over: it gives up with `EINTR`, and is asked again.
@Suite struct InterruptionTests {
  @Test func anInterruptedRunIsMadeAgainAndCounted() async throws {
    let bench = try Workbench()
    try bench.fixture("  - { name: loads, expect: { load: accepted } }\n")
    let session = try await Session.prepare(paths: [bench.folder], choice: .host)
    let bytes = try #require(session.objects.values.first).array
    var action = sigaction()
    // No SA_RESTART, though the kernel's loop asks for signals itself (`bpf_test_timer_continue` of net/bpf/test_run.c).
    action.__sigaction_handler.sa_handler = { _ in }
    #expect(sigaction(SIGUSR2, &action, nil) == 0)

    let target = Target()
    async let run = onThread("interrupted run") {
      Result {
        defer { target.isDone.store(true, ordering: .releasing) }
        let object = try BPFObject(bytes: bytes, name: "interrupted", programs: ["counter"])
        for program in object.programs { try program.setAutoload(program.name == "counter") }
        try object.load()
        var options = TestRunOptions()
        options.data = [UInt8](repeating: 0, count: 64)
        // Some hundred milliseconds.
        options.repetitions = 5_000_000
        // The threads of Swift's pool block every signal, and those that they make do so too.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGUSR2)
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        target.thread.store(UInt(pthread_self()), ordering: .releasing)
        return try object.program("counter").testRun(options)
      }
    }
    while target.running == nil, !target.isDone.load(ordering: .acquiring) {
      try await Task.sleep(for: .milliseconds(1))
    }
    // A few of them, ever further apart: many would keep the run from ever ending, and on a busy machine the first ones may
    // come before it has begun.
    for pause in [20, 40, 80, 160, 320, 640] {
      try await Task.sleep(for: .milliseconds(pause))
      if let thread = target.running { pthread_kill(thread, SIGUSR2) }
    }
    let result = try await run.get()
    #expect(result.errno == 0 && result.returnValue == 2)
    #expect(result.interruptions >= 1)
  }
}

/// The thread that the signals are for.
private final class Target: Sendable {
  let thread = Atomic<UInt>(0)
  let isDone = Atomic<Bool>(false)

  /// `nil` before the run begins, and after it has ended.
  var running: pthread_t? {
    let number = thread.load(ordering: .acquiring)
    return number == 0 || isDone.load(ordering: .acquiring) ? nil : pthread_t(number)
  }
}
