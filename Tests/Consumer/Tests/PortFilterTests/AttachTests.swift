import BPFTesting
import Foundation
import Testing

/// Programs that are attached, and triggered by whatever a closure does.
@Suite struct AttachSuite {
  @Test(.requires(.attach(.rawTracepoint))) func anExecIsSeenAndItsStackHasNames() async throws {
    let kinds = try Kinds.open(programs: ["on_exec"])
    try await kinds.load()
    let link = try kinds.programs.onExec.attach()
    try Self.run("/bin/true")
    #expect(kinds.globals.execs >= 1)
    let number = try #require(kinds.globals.stack >= 0 ? kinds.globals.stack : nil, "no stack was kept")
    let frames = try #require(try kinds.maps.stacks.frames(.integer(Int128(number))))
    // Names take root, and addresses begin with 0x.
    #expect(frames.contains { $0.hasPrefix("do_syscall_64") }, "\(frames)")

    link.detach()
    #expect(!link.isAttached)
    let before = kinds.globals.execs
    try Self.run("/bin/true")
    #expect(kinds.globals.execs == before)
  }

  @Test func aConnectionIsRefusedByTheCgroupOfTheTest() throws {
    let kinds: Kinds = try Kinds.load(programs: ["on_connect"])
    try withEnvironment(Environment(network: true, cgroup: true)) { environment in
      let link = try kinds.programs.onConnect.attach(cgroup: try #require(environment.cgroupDescriptor))
      #expect(Self.connect(port: 25) == EPERM)
      #expect(Self.connect(port: 80) == ECONNREFUSED)
      link.detach()
      #expect(Self.connect(port: 25) == ECONNREFUSED)
    }
    #expect(kinds.globals.connections == 2)
  }

  @Test func whatCannotBeAttachedSaysWhy() throws {
    let kinds: Kinds = try Kinds.load(programs: ["drop"])
    let error = #expect(throws: BPFError.self) { try kinds.programs.drop.attach(xdp: "no_such_device") }
    #expect(error?.description.contains("no_such_device") == true)
    #expect(throws: BPFError.self) { try kinds.programs.drop.attach(cgroup: -1) }
  }

  @Test func aMapOfAnotherObjectIsNotTakenForItsNamesake() throws {
    let kinds: Kinds = try Kinds.load(programs: ["list_table", "drop"])
    let table = try Kinds.load(programs: []).maps.firstTable.map
    for body in [
      { _ = try kinds.programs.listTable.attach(iterating: table) }, { _ = try kinds.programs.drop.attach(to: table) },
    ] as [() throws -> Void] {
      let error = #expect(throws: BPFError.self) { try body() }
      #expect(error?.code == .badArgument)
      #expect(error?.detail == "map `first_table` belongs to another object")
    }
  }

  private static func run(_ path: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    try process.run()
    process.waitUntilExit()
  }

  /// The errno of connecting to a port of this machine, from the calling thread.
  private static func connect(port: UInt16) -> Int32 {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    return result == 0 ? 0 : errno
  }
}
