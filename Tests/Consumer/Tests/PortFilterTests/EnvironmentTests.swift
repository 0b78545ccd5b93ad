import BPFTesting
import Foundation
import Testing

/// What a trigger needs is made for a closure, and gone after it.
@Suite struct EnvironmentTests {
  @Test func aTestHasANetworkAndACgroupOfItsOwn() throws {
    let (devices, folder) = try withEnvironment(Environment(network: true, cgroup: true)) { environment in
      (try Self.devices(), try #require(environment.cgroupPath))
    }
    #expect(devices == ["lo"])
    #expect(!FileManager.default.fileExists(atPath: folder))
  }

  @Test func whatOneEndOfACableSendsIsFilteredAtTheOther() async throws {
    let filter = try await PortFilter.load()
    filter.maps.rules[53] = .init(action: .actionDrop)
    let events = try filter.maps.events.events(within: .seconds(2))
    let cable = NetworkDevice.veth(
      try DeviceEnd("v0", "10.0.0.1/24", mac: "02:00:00:00:00:01"),
      peer: try DeviceEnd("v1", "10.0.0.2/24", namespace: "far"))
    let (here, there) = try withEnvironment(Environment(devices: [cable])) { environment in
      let link = try filter.programs.portFilter.attach(xdp: "v0")
      defer { link.detach() }
      return (
        try Self.devices(),
        try environment.inNamespace("far") {
          Self.send("query", port: 53)
          return try Self.devices()
        }
      )
    }
    #expect(here.sorted() == ["lo", "v0"] && there.sorted() == ["lo", "v1"])
    let event = try await events.first()
    #expect(event.port == 53 && event.source == NetworkOrder(address: "10.0.0.2"))
    #expect(filter.maps.rules[53]?.hits == 1)
  }

  @Test func routesAndNeighboursAreThereAndTheNetworkForwards() throws {
    let cable = NetworkDevice.veth(
      try DeviceEnd("v0", "10.0.0.1/24"), peer: try DeviceEnd("v1", "10.0.0.2/24", namespace: "far"))
    let environment = Environment(
      devices: [cable], settings: NetworkSetting.forwarding,
      routes: [try Route("default", via: "10.0.0.2"), try Route("192.0.2.77/24", .blackhole)],
      neighbours: [try Neighbour("10.0.0.2", mac: "02:00:00:00:00:22", device: "v0")])
    func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }
    let (routes, neighbours, forwards) = try withEnvironment(environment) { _ in
      (
        try text("/proc/thread-self/net/route"), try text("/proc/thread-self/net/arp"),
        try text("/proc/sys/net/ipv4/ip_forward")
      )
    }
    // Device, destination, gateway, in hexadecimal as the machine keeps them.
    #expect(routes.contains("v0\t00000000\t0200000A"))
    #expect(routes.contains("*\t000200C0\t00000000"))
    #expect(neighbours.contains("02:00:00:00:00:22"))
    #expect(forwards == "1\n")
    let error = #expect(throws: BPFError.self) {
      try withEnvironment(Environment(routes: [try Route("default", via: "10.9.9.9")])) { _ in }
    }
    #expect(error?.errno == ENETUNREACH && error?.description.contains("adding the route to default") == true)
    #expect(throws: BPFError.self) { try Route("nowhere", device: "lo") }
    #expect(throws: BPFError.self) { try Neighbour("10.0.0.2", mac: "02:00", device: "lo") }
  }

  @Test func whatCannotBeMadeSaysWhy() throws {
    #expect(throws: BPFError.self) { try DeviceEnd("v0", "10.0.0.1/33") }
    #expect(throws: BPFError.self) { try DeviceEnd("v0", mac: "02:00") }
    let error = #expect(throws: BPFError.self) {
      try withEnvironment(Environment(network: true)) { try $0.inNamespace("far") {} }
    }
    #expect(error?.description.contains("no namespace `far`") == true)
  }

  /// Those of the calling thread's network namespace (proc(5): two lines of headings, then one for each).
  private static func devices() throws -> [String] {
    try String(contentsOfFile: "/proc/thread-self/net/dev", encoding: .utf8).split(separator: "\n").dropFirst(2)
      .compactMap { $0.split(separator: ":").first.map { $0.trimmingCharacters(in: .whitespaces) } }
  }

  /// Sends a datagram to 10.0.0.1.
  private static func send(_ text: String, port: UInt16) {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x0a00_0001).bigEndian
    withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = sendto(socket, text, text.utf8.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}
