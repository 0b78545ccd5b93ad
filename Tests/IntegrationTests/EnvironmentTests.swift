import BPF
import Executor
import Foundation
import Housekeeping
import TestPlan
import Testing

/// Environments on this machine's own kernel: they need root. Each runs on a thread of its own, which it moves.
@Suite struct EnvironmentTests {
  private static let cable = NetworkDevice(
    kind: .veth,
    end: DeviceEnd(
      name: "v0", index: 2, addresses: [InterfaceAddress(bytes: Bytes([10, 0, 0, 1]), prefixLength: 24)]),
    peer: DeviceEnd(
      name: "v1", index: 3, addresses: [InterfaceAddress(bytes: Bytes([10, 0, 0, 2]), prefixLength: 24)],
      namespace: "far"))

  private func inside<T: Sendable>(
    _ description: Environment, _ body: @escaping @Sendable (TestEnvironment) throws -> T
  ) async throws -> T {
    try await onThread("environment") { Result { try withEnvironment(description, body) } }.get()
  }

  private func text(_ path: String) -> String { String(decoding: readFile(path) ?? [], as: UTF8.self) }

  private func devices() -> [String] {
    text("/proc/thread-self/net/dev").split(separator: "\n").dropFirst(2).compactMap {
      $0.split(separator: ":").first.map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  @Test func theNetworkIsFreshAndTheThreadComesBack() async throws {
    let description = Environment(network: true, devices: [Self.cable])
    let seen = try await onThread("environment") {
      Result {
        let before = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self/ns/net")
        let inside = try withEnvironment(description) { _ in
          (devices(), try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self/ns/net"))
        }
        let after = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self/ns/net")
        return (before: before, inside: inside, after: after, devices: devices())
      }
    }.get()
    // The other end is in a namespace of its own.
    #expect(seen.inside.0.sorted() == ["lo", "v0"])
    #expect(seen.inside.1 != seen.before)
    #expect(seen.after == seen.before)
    #expect(!seen.devices.contains("v0"))
  }

  @Test func theCgroupIsTheThreadsAndGoesAway() async throws {
    let (path, own) = try await inside(Environment(cgroup: true)) { environment in
      (environment.cgroupPath ?? "", text("/proc/thread-self/cgroup"))
    }
    let name = path.split(separator: "/").last.map(String.init) ?? ""
    #expect(name.hasPrefix("bpftest-"))
    #expect(own.contains("/\(name)\n"))
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(!text("/proc/self/cgroup").contains(name))
  }

  @Test func aProcessThatIsStillInTheCgroupIsKilledWithIt() async throws {
    let (path, process) = try await inside(Environment(cgroup: true)) { environment in
      let sleeper = Process()
      sleeper.executableURL = URL(fileURLWithPath: "/bin/sleep")
      sleeper.arguments = ["1000"]
      try sleeper.run()
      let path = environment.cgroupPath ?? ""
      // The thread that starts it may be another one of the process.
      try "\(sleeper.processIdentifier)".write(toFile: path + "/cgroup.threads", atomically: false, encoding: .utf8)
      return (path, sleeper)
    }
    #expect(!FileManager.default.fileExists(atPath: path))
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGKILL)
  }

  @Test func twoAtOnceDontSeeEachOther() async throws {
    let description = Environment(
      devices: [Self.cable], cgroup: true,
      sockets: [
        SocketOperation(
          socket: "server",
          action: .listen(
            SocketKind(family: AF_INET, type: Int32(SOCK_STREAM.rawValue)),
            address: Bytes(SocketAddress("10.0.0.1:80")?.bytes ?? [])))
      ])
    let paths = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<4 {
        group.addTask {
          try await inside(description) { environment in
            // The same address and port in each, and each one's own connection alone.
            let client = environment.sockets.perform(
              SocketOperation(
                socket: "client",
                action: .connect(
                  SocketKind(family: AF_INET, type: Int32(SOCK_STREAM.rawValue)),
                  address: Bytes(SocketAddress("10.0.0.1:80")?.bytes ?? []), from: nil), namespace: "far"))
            #expect(client.errno == 0)
            #expect(environment.sockets.perform(.init(socket: "one", action: .accept(from: "server"))).errno == 0)
            let second = environment.sockets.perform(
              .init(socket: "two", action: .accept(from: "server"), limit: 0.02))
            #expect(second.errno == ETIMEDOUT)
            return environment.cgroupPath ?? ""
          }
        }
      }
      return try await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(paths.count == 4)
    #expect(paths.allSatisfy { !FileManager.default.fileExists(atPath: $0) })
  }

  @Test(arguments: ["[::1]:80", "127.0.0.1:80", "@bpftest"], [SOCK_STREAM, SOCK_DGRAM])
  func messagesGoThroughSocketsOfEveryFamily(text: String, type: __socket_type) async throws {
    let address = try #require(SocketAddress(text) ?? SocketAddress(unix: text))
    let kind = SocketKind(family: address.family, type: Int32(type.rawValue))
    let seen = try await inside(Environment(network: true)) { environment in
      let sockets = environment.sockets
      let bytes = Bytes(address.bytes)
      return [
        SocketOperation(socket: "server", action: .listen(kind, address: bytes)),
        SocketOperation(socket: "client", action: .connect(kind, address: bytes, from: nil)),
        SocketOperation(socket: "client", action: .send(Bytes("hello".utf8), to: nil)),
        SocketOperation(socket: "server", action: .receive(count: nil)),
        SocketOperation(socket: "server", action: .receive(count: 1), limit: 0.01),
        SocketOperation(socket: "client", action: .close),
        SocketOperation(socket: "client", action: .send(Bytes("hello".utf8), to: nil)),
      ].map { sockets.perform($0) }
    }
    #expect(seen.map(\.errno) == [0, 0, 0, 0, ETIMEDOUT, 0, EBADF])
    #expect(seen[1].peer == Bytes(address.bytes))
    #expect(seen[3].output == Bytes("hello".utf8) && seen[3].result == 5)
  }

  @Test func whatFailsLeavesNothingBehind() async throws {
    let twice = [Self.cable, Self.cable]
    let (message, after) = await onThread("environment") { () -> (String, [String]) in
      do {
        try withEnvironment(Environment(devices: twice, cgroup: true)) { _ in }
        return ("nothing was thrown", [])
      } catch {
        return ("\(error)", devices())
      }
    }
    #expect(message.contains("making the veth device `v0`: EEXIST"), "\(message)")
    #expect(!after.contains("v0"))
  }

  @Test func aFolderThatAKilledProcessLeftIsSweptAndOneInUseIsNot() async throws {
    let parent = try await inside(Environment(cgroup: true)) {
      URL(fileURLWithPath: $0.cgroupPath ?? "").deletingLastPathComponent().path
    }
    let (left, used) = ("\(parent)/bpftest-1-left", "\(parent)/bpftest-1-used")
    for path in [left, used] {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }
    defer { rmdir(used) }
    let descriptor = open(used, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    defer { close(descriptor) }
    try await inside(Environment(cgroup: true)) { _ in }
    #expect(!FileManager.default.fileExists(atPath: left))
    #expect(FileManager.default.fileExists(atPath: used))
  }
}
