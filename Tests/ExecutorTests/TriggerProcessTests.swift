import Foundation
import TestPlan
import Testing

@testable import Executor

/// What triggers do, as far as that needs neither BPF nor privileges.
@Suite struct TriggerProcessTests {
  private func run(_ trigger: Trigger, seconds: Double = 10) throws -> TriggerObservation? {
    try TestScene().run(trigger, seconds: seconds)
  }

  private func temporary() -> String { NSTemporaryDirectory() + "bpftest-trigger-" + UUID().uuidString }

  // MARK: Programs

  @Test func aProgramHasItsArgumentsItsInputAndItsOutputs() throws {
    let script = "echo out; cat; echo err >&2; exit 3"
    let seen = try #require(
      try run(.exec(arguments: ["sh", "-c", script], standardInput: Bytes(Array("in".utf8)))))
    #expect(seen.errno == 0)
    #expect(seen.exitStatus == 3)
    #expect(seen.signal == nil)
    #expect(seen.output == Bytes(Array("out\nin".utf8)))
    #expect(seen.errorOutput == Bytes(Array("err\n".utf8)))
  }

  @Test func aProgramHasTheNumberThatWasToldBefore() throws {
    let scene = TestScene()
    let trigger = Trigger.exec(arguments: ["sh", "-c", "echo $$"], standardInput: nil)
    let number = try scene.prepare([trigger])
    let seen = try #require(try scene.run(trigger, seconds: 10))
    #expect(seen.output == Bytes(Array("\(number)\n".utf8)))
    // The next program is another process.
    #expect(try scene.prepare([trigger]) != number)
  }

  @Test func aProgramThatIsNotThereIsAnErrno() throws {
    let seen = try run(.exec(arguments: ["/no/such/program"], standardInput: nil))
    #expect(seen == TriggerObservation(errno: ENOENT))
  }

  @Test func aProgramEndedByASignalSaysWhich() throws {
    let seen = try run(.exec(arguments: ["sh", "-c", "kill -TERM $$"], standardInput: nil))
    #expect(seen?.signal == SIGTERM)
    #expect(seen?.exitStatus == nil)
  }

  @Test func aProgramThatHangsIsKilled() throws {
    let scene = TestScene()
    let trigger = Trigger.exec(arguments: ["sleep", "1000"], standardInput: nil)
    let number = try scene.prepare([trigger])
    #expect(try scene.run(trigger, seconds: 0.2) == nil)
    #expect(kill(number, 0) == -1 && errno == ESRCH)
  }

  @Test func whatAProgramStartsEndsWithIt() throws {
    let seen = try #require(try run(.exec(arguments: ["sh", "-c", "sleep 1000 & echo $!"], standardInput: nil)))
    let text = String(decoding: seen.output?.array ?? [], as: UTF8.self)
    let number = try #require(Int32(text.split(separator: "\n").first ?? ""))
    #expect(number > 1)
    // It is dead at once; who adopted it may take a moment to notice.
    var isAlive = true
    for _ in 0..<500 where isAlive {
      let status = (try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8)) ?? ""
      isAlive = !status.isEmpty && !status.contains(") Z ")
      if isAlive { usleep(10_000) }
    }
    #expect(!isAlive)
  }

  @Test func outputBeyondTheLimitIsReadAndDropped() throws {
    let seen = try #require(
      try run(.exec(arguments: ["sh", "-c", "head -c 300000 /dev/zero; echo done >&2"], standardInput: nil)))
    #expect(seen.exitStatus == 0)
    #expect(seen.output?.count == ProgramRun.mostOutput)
    #expect(seen.errorOutput == Bytes(Array("done\n".utf8)))
  }

  @Test func aProgramInheritsNoDescriptorOfOurs() throws {
    let seen = try #require(try run(.exec(arguments: ["ls", "/proc/self/fd"], standardInput: nil)))
    // The fourth is the folder that ls reads.
    #expect(seen.output == Bytes(Array("0\n1\n2\n3\n".utf8)))
  }

  // MARK: System calls

  @Test func filesAreWrittenAndRead() throws {
    let path = temporary()
    defer { unlink(path) }
    #expect(try run(.write(path: path, bytes: Bytes([1, 2, 3]), creates: false)) == TriggerObservation(errno: ENOENT))
    #expect(try run(.write(path: path, bytes: Bytes([1, 2, 3]), creates: true)) == TriggerObservation(result: 3))
    #expect(try run(.read(path: path)) == TriggerObservation(result: 3, output: Bytes([1, 2, 3])))
    #expect(try run(.open(path: path, flags: O_DIRECTORY, mode: 0))?.errno == ENOTDIR)
    #expect(try run(.open(path: path, flags: O_RDONLY, mode: 0))?.errno == 0)
  }

  @Test func aFailingWriteGivesItsErrno() throws {
    #expect(
      try run(.write(path: "/dev/full", bytes: Bytes([1]), creates: false)) == TriggerObservation(errno: ENOSPC))
  }

  @Test func anySystemCallTakesNumbersTextsAndBytes() throws {
    let path = temporary()
    let made = try run(.call(name: "mkdirat", arguments: [.number(-100), .text(path), .number(0o700)]))
    #expect(made == TriggerObservation())
    #expect(access(path, F_OK) == 0)
    let removed = try run(.call(name: "unlinkat", arguments: [.number(-100), .text(path), .number(0x200)]))
    #expect(removed == TriggerObservation())
    #expect(access(path, F_OK) == -1)
    #expect(try run(.call(name: "munmap", arguments: []))?.errno == ENOSYS)
  }

  @Test func theProcessIsAnotherOneAndStaysTheSame() throws {
    let scene = TestScene()
    let getpid = Trigger.call(name: "getpid", arguments: [])
    let number = try scene.prepare([getpid])
    #expect(number != ownNumber())
    for _ in 0..<2 { #expect(try scene.run(getpid, seconds: 5)?.result == Int64(number)) }
    scene.close()
    #expect(kill(number, 0) == -1 && errno == ESRCH)
  }

  @Test func aSignalEndsTheProcessAndTheNextTriggerHasAnother() throws {
    let scene = TestScene()
    let getpid = Trigger.call(name: "getpid", arguments: [])
    let first = try #require(try scene.run(getpid, seconds: 5))
    #expect(try scene.run(.kill(signal: SIGUSR1), seconds: 5)?.signal == SIGUSR1)
    let second = try #require(try scene.run(getpid, seconds: 5))
    #expect(first.result != second.result)
    #expect(try scene.run(.kill(signal: 0), seconds: 5) == TriggerObservation())
  }

  @Test func aTriggerThatHangsIsKilled() throws {
    let scene = TestScene()
    let number = try scene.prepare([.sleep(seconds: 1000)])
    #expect(try scene.run(.sleep(seconds: 1000), seconds: 0.1) == nil)
    #expect(kill(number, 0) == -1 && errno == ESRCH)
    #expect(try scene.run(.sleep(seconds: 0), seconds: 5) == TriggerObservation())
  }

  @Test func nothingIsLeftBehind() throws {
    // Of the kinds that a trigger's process needs: other tests, at the same time, open maps and programs by the hundred.
    func count() throws -> Int {
      try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count {
        let target = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) ?? ""
        return ["pipe:", "socket:", "/memfd:", "anon_inode:[pidfd]"].contains { target.hasPrefix($0) }
      }
    }
    let before = try count()
    for _ in 0..<200 {
      let scene = TestScene()
      _ = try scene.run(.exec(arguments: ["true"], standardInput: Bytes([1])), seconds: 10)
      _ = try scene.run(.call(name: "getpid", arguments: []), seconds: 10)
      scene.close()
    }
    // Two processes in each round; others may have some of these open meanwhile.
    #expect(try count() < before + 100)
  }

  // MARK: Files

  @Test func filesAreMadeForTheTestAndRemovedAfterIt() throws {
    let path = temporary()
    let scene = TestScene()
    let file = FileWrite(path: path, bytes: Bytes(Array("#!/bin/sh\necho here\n".utf8)), mode: 0o755)
    try scene.make([file])
    let seen = try scene.run(.exec(arguments: [path], standardInput: nil), seconds: 10)
    #expect(seen?.output == Bytes(Array("here\n".utf8)))
    // What is there already isn't touched.
    #expect(throws: (any Error).self) { try TestScene().make([file]) }
    scene.close()
    #expect(access(path, F_OK) == -1)
  }

  // MARK: Waits

  @Test(arguments: [
    ([0xff, 0xff], 2, true, Int64(-1)), ([0xff, 0xff], 2, false, 65535), ([1, 2, 3], 4, false, 0),
    ([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 8, false, -1), ([0, 1], 1, false, 0),
  ])
  func numbersAreReadAsTheyStand(bytes: [UInt8], size: Int, isSigned: Bool, number: Int64) {
    var wait = Wait(place: .map(name: "", key: Bytes(), offset: 0, size: 0), isSigned: isSigned, bound: 0, seconds: 0)
    #expect(Waiter.load(bytes, offset: 0, size: size, of: wait) == number)
    wait.isBigEndian = true
    if size <= bytes.count {
      #expect(Waiter.load(bytes.prefix(size).reversed(), offset: 0, size: size, of: wait) == number)
    }
  }

  @Test func aNumberOfEightBytesWithoutASignIsNotNegative() {
    let place = Wait.Place.global(GlobalPlace(section: ".bss", offset: 0, size: 8))
    #expect(Wait(place: place, comparison: .atLeast, bound: 1, seconds: 0).holds(-1))
    #expect(!Wait(place: place, comparison: .atMost, bound: 1, seconds: 0).holds(-1))
    #expect(!Wait(place: place, isSigned: true, comparison: .atLeast, bound: 1, seconds: 0).holds(-1))
  }

  @Test func aWaitEndsWhenItsConditionHolds() throws {
    let place = Wait.Place.global(GlobalPlace(section: ".bss", offset: 0, size: 8))
    var reads = 0
    let waiter = Waiter(number: { _ in
      reads += 1
      return Int64(reads)
    })
    #expect(try waiter.run(Wait(place: place, bound: 3, seconds: 30)) == WaitObservation(number: 3, isMet: true))
    reads = 0
    let never = Wait(place: place, comparison: .equal, bound: -1, seconds: 0)
    #expect(try waiter.run(never) == WaitObservation(number: 1, isMet: false))
  }
}

private func ownNumber() -> Int32 { getpid() }
