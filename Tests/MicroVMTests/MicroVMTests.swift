import Foundation
import Kernels
import Testing

@testable import MicroVM

@Suite struct InitramfsTests {
  @Test func theInitFileAndTheOneInsideTheProgramAgree() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("vm/init")
    #expect(try String(contentsOf: file, encoding: .utf8) == GuestInit.text)
  }

  @Test func writesWhatCpioReads() throws {
    var archive = CPIOArchive()
    archive.addDirectory("bin")
    archive.addFile("bin/odd", contents: [1, 2, 3, 4, 5], mode: 0o755)
    archive.addCharacterDevice("console", major: 5, minor: 1)
    let bytes = archive.finish()
    #expect(bytes.count % 4 == 0)
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.hasPrefix("07070100000001000041ED"))
    // Five bytes of contents, a name of eight with its zero.
    #expect(text.contains("000081ED0000000000000000000000010000000000000005"))
    #expect(text.contains("00000005000000010000000800000000console\0"))
    #expect(text.contains("TRAILER!!!"))
    let contents = try #require(bytes.firstRange(of: [1, 2, 3, 4, 5]))
    #expect(contents.lowerBound % 4 == 0)
    #expect(bytes[contents.upperBound..<contents.upperBound + 3] == [0, 0, 0])
  }

  @Test func readsTheDependenciesOfAModule() {
    let module = [UInt8]("\u{7f}ELF\0license=GPL\0depends=virtio_ring,virtio-dev\0name=x\0".utf8)
    #expect(GuestModules.dependencies(module) == ["virtio_ring", "virtio_dev"])
    #expect(GuestModules.dependencies([UInt8]("x\0depends=\0".utf8)).isEmpty)
    #expect(GuestModules.dependencies([]).isEmpty)
  }

  @Test func modulesComeInTheOrderOfTheirDependencies() throws {
    let folder = NSTemporaryDirectory() + "bpftest-modules-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder + "/kernel/drivers", withIntermediateDirectories: true)
    for (file, depends) in [
      ("virtio-ring.ko", ""), ("virtio.ko", "virtio_ring"), ("top.ko", "virtio,virtio_ring,builtin"),
    ] {
      try Data("ELF\0depends=\(depends)\0".utf8).write(to: URL(fileURLWithPath: "\(folder)/kernel/drivers/\(file)"))
    }
    let kernel = Kernel(id: "x", release: "x", arch: "x86_64", vmlinuz: "", modules: folder, btf: "")
    #expect(
      try GuestModules(of: kernel, wanted: ["absent", "top"]).files.map(\.name) == ["virtio_ring", "virtio", "top"])
  }
}

@Suite struct QMPTests {
  @Test(arguments: [
    (#"{"QMP": {"version": {"qemu": {"micro": 0}}, "capabilities": ["oob"]}}"#, QMPMessage.greeting),
    (#"{"return": {}}"#, .result(status: nil)),
    (#"{"return": {"status": "completed", "ram": {"total": 1}}}"#, .result(status: "completed")),
    (#"{"return": [1]}"#, .result(status: nil)),
    (#"{"error": {"class": "GenericError", "desc": "no"}}"#, .refusal(class: "GenericError", words: "no")),
    (#"{"timestamp": {"seconds": 1}, "event": "STOP"}"#, .event("STOP")),
  ])
  func readsALine(line: String, message: QMPMessage) {
    #expect(QMPMessage(line: [UInt8](line.utf8)) == message)
  }

  @Test(arguments: ["", "{", "[]", "{}", #"{"error": 3}"#, "\u{0}"])
  func refusesOtherLines(line: String) {
    #expect(QMPMessage(line: [UInt8](line.utf8)) == nil)
  }

  @Test func aRefusedCommandIsAnErrorWithQEMUsWords() throws {
    let pair = try Wire.pair()
    let peer = Wire(descriptor: pair.theirs)
    // Answers may come in pieces, with events in between.
    try peer.send(
      [UInt8](
        "{\"QMP\":{}}\r\n{\"return\":{}}\r\n{\"event\":\"STOP\"}\r\n{\"error\":{\"class\":\"C\",\"desc\":\"why\"}}\r\n"
          .utf8),
      until: Deadline(seconds: 5))
    let client = QMPClient(wire: pair.ours, deadline: Deadline(seconds: 5))
    try client.open()
    let error = #expect(throws: InfrastructureError.self) { try client.execute("stop") }
    #expect(error?.description == "QEMU's control channel failed at stop: C: why")
  }
}

@Suite struct ConsoleTests {
  @Test(arguments: [
    (
      "[    1.5] Kernel panic - not syncing: Attempted to kill init!",
      "Kernel panic - not syncing: Attempted to kill init!"
    ),
    ("[    1.5] BUG: kernel NULL pointer dereference, address: 0", "BUG: kernel NULL pointer dereference, address: 0"),
    ("ok\n[ 2.0] kernel BUG at mm/slub.c:1!\nmore", "kernel BUG at mm/slub.c:1!"),
    (
      "[ 2.0] rcu: INFO: rcu_sched self-detected stall on CPU\n[ 3.0] Kernel panic - not syncing: x",
      "Kernel panic - not syncing: x"
    ),
  ])
  func seesADeadKernel(console: String, words: String) {
    #expect(ConsoleWatch.sign(in: console) == .dead(words))
  }

  @Test(arguments: [
    "watchdog: BUG: soft lockup - CPU#0 stuck for 22s!", "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:",
    "INFO: task agent:1 blocked for more than 120 seconds.",
  ])
  func seesAStuckKernel(line: String) {
    #expect(ConsoleWatch.sign(in: "[   30.0] " + line) == .stuck(line))
  }

  @Test(arguments: ["", "[ 0.1] Linux version 6.1", "bpf: a program that says panic\nloops: 3"])
  func aQuietConsoleHasNoSign(console: String) {
    #expect(ConsoleWatch.sign(in: console) == nil)
  }

  @Test func theTailIsFitToPrint() {
    let bytes = [UInt8]("one\r\n\u{1b}[2Jtwo\r\n\r\nthree\u{0}\r\n".utf8) + [0xff]
    #expect(ConsoleWatch.tail(bytes, lines: 3).hasPrefix("[2Jtwo\nthree\n"))
    #expect(ConsoleWatch.tail([], lines: 3).isEmpty)
  }
}
