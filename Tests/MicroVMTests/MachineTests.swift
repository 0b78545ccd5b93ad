import Foundation
import Kernels
import TestPlan
import Testing

@testable import MicroVM

@Suite struct CommandLineTests {
  private func line(_ memory: QEMUCommandLine.Memory, accel: Accel = .tcg) -> String {
    let kernel = Kernel(id: "6.1", release: "6.1.0", arch: "x86_64", vmlinuz: "/k/vmlinuz", modules: nil, btf: "")
    return QEMUCommandLine(qemu: "qemu", kernel: kernel, accel: accel, memory: memory, size: 256).arguments
      .joined(separator: " ")
  }

  @Test func isLockedDown() {
    let line = line(.anonymous)
    #expect(line.contains("-sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"))
    #expect(line.contains("-nodefaults -no-user-config"))
    #expect(!line.contains("-net") && !line.contains("memory-backend"))
  }

  @Test func aCloneMapsItsMemoryPrivately() {
    #expect(line(.recorded(path: "/s/ram.img")).contains("mem-path=/s/ram.img,share=on"))
    let clone = line(.cloned(path: "/s/ram.img"))
    #expect(clone.contains("mem-path=/s/ram.img,share=off") && clone.contains("-incoming defer"))
    #expect(!clone.contains("-initrd"))
  }

  @Test func theProcessorFitsTheAcceleration() {
    #expect(line(.anonymous).contains("-accel tcg -cpu max"))
    #expect(line(.anonymous, accel: .kvm).contains("-accel kvm -cpu host"))
  }

  @Test func commasInAPathAreEscaped() {
    #expect(line(.recorded(path: "/a,b")).contains("mem-path=/a,,b,share=on"))
  }
}

@Suite struct AgentTests {
  @Test func anAgentThatNeedsLibrariesIsToldFromAStaticOne() throws {
    let dynamic = try Data(contentsOf: URL(fileURLWithPath: "/bin/sh"))
    #expect(Ingredients.needsLibraries([UInt8](dynamic)))
    let busybox = try Data(contentsOf: URL(fileURLWithPath: "/bin/busybox"))
    #expect(!Ingredients.needsLibraries([UInt8](busybox)))
    for size in [0, 10, 40, 60] { #expect(!Ingredients.needsLibraries([UInt8](dynamic.prefix(size)))) }
    #expect(!Ingredients.needsLibraries([UInt8](repeating: 0xff, count: 64)))
  }
}

@Suite struct SnapshotTests {
  private let root = NSTemporaryDirectory() + "bpftest-snapshots-\(UUID().uuidString)"
  private let kernel = Kernel(id: "6.1", release: "6.1.0", arch: "x86_64", vmlinuz: "", modules: nil, btf: "")

  @Test func everyIngredientChangesTheKey() {
    #expect(Snapshots.key(["a", "b"]) == Snapshots.key(["a", "b"]))
    #expect(Snapshots.key(["a", "b"]) != Snapshots.key(["ab", ""]))
    #expect(Snapshots.key(["a", "b"]) != Snapshots.key(["b", "a"]))
    #expect(Snapshots.key([]).count == 16)
    // The published test vector of XXH3's 128 bits over nothing.
    #expect(ContentHash.of([UInt8]()) == "99aa06d3014798d86001c324468d497f")
  }

  @Test func aFileHasTheDigestOfItsBytes() throws {
    let path = NSTemporaryDirectory() + "bpftest-digest-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(ContentHash.of(file: path) == nil)
    // Of no piece, of one, and of more than one.
    for size in [0, 1000, 1_000_003] {
      let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      #expect(ContentHash.of(file: path) == ContentHash.of(bytes))
    }
  }

  private func make(_ snapshots: Snapshots, _ kernel: Kernel, _ key: String, used: Int) throws -> Snapshots.Snapshot {
    let draft = try snapshots.begin()
    for file in [draft.memory, draft.state] { try Data([1]).write(to: URL(fileURLWithPath: file)) }
    let kept = try snapshots.keep(draft, kernel, key: key)
    let time = timeval(tv_sec: used, tv_usec: 0)
    utimes(kept.folder, [time, time])
    return kept
  }

  @Test func keepsTheFourUsedLastOfEachKernel() throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    let snapshots = Snapshots(root: root)
    let other = Kernel(id: "6.1-own", release: "", arch: "", vmlinuz: "", modules: nil, btf: "")
    let keys = (1...5).map { "000000000000000\($0)" }
    _ = try make(snapshots, other, keys[0], used: 1)
    for (key, used) in zip(keys, [100, 50, 200, 150, 250]) { _ = try make(snapshots, kernel, key, used: used) }
    for key in keys { #expect((snapshots.find(kernel, key: key) != nil) == (key != keys[1]), "\(key)") }
    #expect(snapshots.find(other, key: keys[0]) != nil)
  }

  @Test func aSnapshotWithoutItsStateIsNone() throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    let snapshots = Snapshots(root: root)
    let kept = try make(snapshots, kernel, "0000000000000001", used: 1)
    try FileManager.default.removeItem(atPath: kept.state)
    #expect(snapshots.find(kernel, key: "0000000000000001") == nil)
  }
}

@Suite struct WireTests {
  @Test func framesArriveWhole() throws {
    let pair = try Wire.pair()
    let peer = Wire(descriptor: pair.theirs)
    let payload = [UInt8](repeating: 7, count: 100_000)
    let frame = Frame.wrap(payload)
    let sender = Thread { try? peer.send(frame, until: Deadline(seconds: 5)) }
    sender.start()
    #expect(try pair.ours.receiveFrame(until: Deadline(seconds: 5)) == payload)
  }

  @Test func aTornFrameAndAClosedChannelAreTold() throws {
    let pair = try Wire.pair()
    do {
      let peer = Wire(descriptor: pair.theirs)
      try peer.send([UInt8](Frame.wrap([1, 2, 3]).dropLast()), until: Deadline(seconds: 5))
    }
    #expect(throws: WireError.closed) { try pair.ours.receiveFrame(until: Deadline(seconds: 5)) }
  }

  @Test func garbageIsRefused() throws {
    let pair = try Wire.pair()
    let peer = Wire(descriptor: pair.theirs)
    try peer.send([UInt8](repeating: 0x41, count: 64), until: Deadline(seconds: 5))
    let error = #expect(throws: WireError.self) { try pair.ours.receiveFrame(until: Deadline(seconds: 5)) }
    #expect(error == .broken("the stream is out of step: no frame begins here"))
  }

  @Test func silenceEndsInTime() throws {
    let pair = try Wire.pair()
    let peer = Wire(descriptor: pair.theirs)
    #expect(throws: WireError.timedOut) { try pair.ours.receiveFrame(until: Deadline(seconds: 0.01)) }
    #expect(throws: WireError.stopped) {
      try pair.ours.receiveFrame(until: Deadline(seconds: 5), isDead: { true })
    }
    withExtendedLifetime(peer) {}
  }
}

@Suite struct ChildTests {
  @Test func aFilterRuns() throws {
    #expect(try Tool.filter("cat", [], input: [1, 2, 3], what: "x") == [1, 2, 3])
    let error = #expect(throws: InfrastructureError.self) {
      try Tool.filter("ls", ["/nowhere/at/all"], input: [], what: "can't list")
    }
    #expect(error?.why.contains("/nowhere/at/all") == true)
    #expect(throws: InfrastructureError.self) { try Tool.filter("no-such-tool", [], input: [], what: "x") }
  }

  @Test func aProgramThatCannotRunIsToldWithItsReason() {
    let error = #expect(throws: InfrastructureError.self) {
      try Spawner.shared.start("/nowhere/at/all", [], descriptors: [])
    }
    #expect(error?.description == "can't start /nowhere/at/all: No such file or directory")
  }

  @Test func theChildSeesItsDescriptorsAndNoOthers() throws {
    let output = try MemoryFile(name: "output")
    let null = open("/dev/null", O_RDWR)
    defer { close(null) }
    let leaky = open("/dev/null", O_RDWR)  // without O_CLOEXEC
    defer { close(leaky) }
    let child = try Spawner.shared.start(
      "/bin/sh", ["-c", "echo /proc/self/fd/*"], descriptors: [null, output.descriptor, null, null])
    #expect(child.wait(seconds: 10) == 0)
    // The shell's glob has a descriptor of its own, the folder's.
    #expect(String(decoding: output.contents(), as: UTF8.self).split(separator: " ").count <= 5)
  }

  @Test func aKilledChildIsReapedOnce() throws {
    let null = open("/dev/null", O_RDWR)
    defer { close(null) }
    let child = try Spawner.shared.start("/bin/sleep", ["60"], descriptors: [null, null, null])
    #expect(child.wait(seconds: 0) == nil)
    child.kill()
    child.kill()
    #expect(child.wait(seconds: 0) == SIGKILL)
    #expect(kill(child.pid, 0) != 0)
  }

  @Test func noEmulatorIsAnErrorThatSaysWhatToInstall() {
    let room = MachineRoom(options: MachineOptions(accel: .tcg, agentPath: "/bin/true", qemu: "qemu-system-none"))
    let kernel = Kernel(id: "6.1", release: "", arch: "", vmlinuz: "", modules: nil, btf: "")
    let error = #expect(throws: InfrastructureError.self) { try room.boot(kernel) }
    #expect(error?.next == "Install it: apt-get install qemu-system-x86")
  }
}
