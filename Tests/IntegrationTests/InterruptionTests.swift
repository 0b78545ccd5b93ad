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

    let result = try await onThread("interrupted run") {
      Result {
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
        return try Interrupter.around { try object.program("counter").testRun(options) }
      }
    }.get()
    #expect(result.errno == 0 && result.returnValue == 2)
    #expect(result.interruptions >= 1)
  }
}

/// Sends the calling thread signals while it does something.
private final class Interrupter: Sendable {
  private let thread = UInt(pthread_self())
  private let isDone = Atomic<Bool>(false)
  private let end = DispatchSemaphore(value: 0)

  static func around<T>(_ body: () throws -> T) rethrows -> T {
    let interrupter = Interrupter()
    Thread.detachNewThread { interrupter.send() }
    defer {
      interrupter.isDone.store(true, ordering: .releasing)
      // Until then there must be a thread to send to.
      interrupter.end.wait()
    }
    return try body()
  }

  /// A few, ever further apart: many would keep a run from ever ending, and on a busy machine the first ones may come before
  /// it has begun.
  private func send() {
    for pause in [20, 40, 80, 160, 320, 640] as [UInt32] {
      usleep(pause * 1000)
      if isDone.load(ordering: .acquiring) { break }
      pthread_kill(pthread_t(thread), SIGUSR2)
    }
    end.signal()
  }
}
