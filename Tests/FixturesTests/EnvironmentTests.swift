import BPF
import Glibc
import TestPlan
import Testing

@testable import Fixtures

/// A fixture around one test, given as lines of its mapping; the test's own lines begin at line 4.
private func fixture(_ lines: String...) -> String {
  "object: a.o\ntests:\n  - name: t\n" + lines.map { "    \($0)\n" }.joined()
}

private func test(_ lines: String...) throws -> TestCase {
  let text = "object: a.o\ntests:\n  - name: t\n" + lines.map { "    \($0)\n" }.joined()
  return try #require(Suite(text: text, path: "a.bpftest.yaml").tests.first)
}

@Suite struct EnvironmentTests {
  @Test func numbersDevicesInTheOrderInWhichTheyAreWritten() throws {
    let environment = try #require(
      try test(
        "environment:", "  cgroup: true", "  devices:", "    - veth: v0", "      address: [10.0.0.1/24, fd00::1/64]",
        "      peer: { name: v1, address: 10.0.0.2/24, namespace: far, mtu: 9000 }",
        "    - { dummy: d0, mac: '02:00:00:00:00:01' }", "expect: { load: accepted }"
      ).environment)
    #expect(environment.cgroup)
    let (veth, dummy) = (environment.devices[0], environment.devices[1])
    #expect(veth.kind == .veth && veth.end.index == 2 && veth.end.addresses.count == 2)
    #expect(veth.end.addresses.map(\.prefixLength) == [24, 64])
    #expect(
      veth.peer
        == DeviceEnd(
          name: "v1", index: 3, addresses: [InterfaceAddress(bytes: Bytes([10, 0, 0, 2]), prefixLength: 24)], mtu: 9000,
          namespace: "far"))
    #expect(dummy.end.index == 4 && dummy.end.mac == Bytes([2, 0, 0, 0, 0, 1]))
    #expect(environment.deviceIndices == ["lo": 1, "v0": 2, "d0": 4])
  }

  @Test(
    arguments: [
      ("devices: [ { veth: v0 } ]", "a veth has two ends, and this one has no `peer`"),
      ("devices: [ { dummy: a-name-that-is-too-long } ]", "`a-name-that-is-too-long` can't be the name of a device"),
      ("devices: [ { dummy: d0, address: 10.0.0.1/33 } ]", "`10.0.0.1/33` is not an address with its prefix"),
      ("devices: [ { dummy: d0, mac: nonsense } ]", "`nonsense` is not a MAC address"),
      ("devices: [ { dummy: d0 }, { dummy: d0 } ]", "a second device named `d0`"),
      ("devices: [ { dummy: d0, peer: d1 } ]", "unknown key `peer` in a device"),
      ("cgroup: perhaps", "`cgroup` is true or false, and here is `perhaps`"),
      ("routes: [ { to: default } ]", "the route leads nowhere"),
      ("routes: [ { to: 10.0.0.0/33, device: lo } ]", "`10.0.0.0/33` is no network"),
      ("routes: [ { to: 10.0.0.0/8, via: fd00::1 } ]", "`via` and `to` are of different kinds, IPv4 and IPv6"),
      ("routes: [ { to: default, device: v0 } ]", "the environment has no device `v0`"),
      ("routes: [ { to: default, type: blackhol } ]", "did you mean `blackhole`?"),
      ("routes: [ { via: 10.0.0.1 } ]", "a route has a `to:`"),
      ("routes: [ { to: default, via: 10.0.0.1, namespace: far } ]", "no device is in a namespace `far`"),
      ("neighbours: [ { address: 10.0.0.1, device: lo } ]", "here is no `mac`"),
      ("neighbours: [ { address: 10.0.0, mac: '02:00:00:00:00:01', device: lo } ]", "not an IPv4 or IPv6 address"),
      ("sysctls: { kernel.pid_max: 1 }", "`kernel.pid_max` is not a setting of a network"),
      ("forwarding: 1", "`forwarding` is true or false, and here is `1`"),
      ("networks: true", "unknown key `networks` in `environment`; did you mean `network`?"),
      ("sockets: [ { connect: { tcp: nowhere } } ]", "`nowhere` is not the address of such a socket"),
    ])
  func saysWhatIsWrong(line: String, message: String) {
    let found = errors(in: fixture("environment: { \(line) }", "expect: { load: accepted }"))
    #expect(found.contains { "\($0.description)".contains(message) }, "\(found)")
  }

  @Test func readsRoutesNeighboursAndSettings() throws {
    let environment = try #require(
      try test(
        "environment:", "  devices: [ { veth: v0, address: 10.0.0.1/24, peer: { name: v1, namespace: far } } ]",
        "  routes:", "    - { to: default, via: 'fd00::2', metric: 7 }", "    - { to: 192.0.2.0/24, type: prohibit }",
        "    - { to: 10.1.0.0/16, device: v1, source: 10.0.0.2, mtu: 900, table: 300, namespace: far }",
        "  neighbours: [ { address: 10.0.0.2, mac: '02:00:00:00:00:22', device: v0 } ]",
        "  forwarding: true", "  sysctls: { net.ipv4.conf.v0.forwarding: 0 }", "expect: { load: accepted }"
      ).environment)
    #expect(environment.needsNetwork)
    #expect(environment.routes.map(\.destination.bytes.count) == [16, 4, 4])
    #expect(environment.routes.map(\.kind) == [.unicast, .prohibit, .unicast])
    #expect(environment.routes[0].gateway?.count == 16 && environment.routes[0].metric == 7)
    #expect(
      environment.routes[2]
        == Route(
          to: InterfaceAddress(bytes: Bytes([10, 1, 0, 0]), prefixLength: 16), device: "v1",
          source: Bytes([10, 0, 0, 2]), mtu: 900, table: 300, namespace: "far"))
    #expect(
      environment.neighbours
        == [Neighbour(address: Bytes([10, 0, 0, 2]), mac: Bytes([2, 0, 0, 0, 0, 0x22]), device: "v0")])
    #expect(
      environment.settings.map { "\($0.name)=\($0.value)" }
        == ["net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1", "net.ipv4.conf.v0.forwarding=0"])
  }

  @Test func readsAChainOfSocketTriggersWithWhatIsExpectedOfEach() throws {
    let step = try #require(
      try test(
        "trigger:", "  - listen: { tcp: '127.0.0.1:80', options: { SO_REUSEPORT: 1 } }",
        "  - connect: { tcp: '127.0.0.1:80', from: '127.0.0.2:0', within: 20ms }",
        "    expect: { errno: ECONNREFUSED }", "  - send: hello", "  - receive: { size: 5 }"
      ).steps.first)
    let operations = (step.triggers ?? []).compactMap { trigger -> SocketOperation? in
      if case .socket(let operation) = trigger.value { return operation }
      return nil
    }
    #expect(operations.map(\.verb) == ["listen", "connect", "send", "receive"])
    #expect(operations.map(\.socket) == ["server", "client", "client", "server"])
    #expect(operations[0].options == [SocketOption(level: 1, option: 15, value: Bytes([1, 0, 0, 0]))])
    #expect(operations[1].limit == 0.02)
    #expect(operations[2].action == .send(Bytes("hello".utf8), to: nil))
    #expect(operations[3].action == .receive(count: 5))
    #expect(step.triggerExpectations.keys.sorted() == [1])
  }

  @Test(
    arguments: [
      ("connect: { tcp: '127.0.0.1:80', udp: '127.0.0.1:80' }", "a socket has one address, and here are 2"),
      ("listen: { name: x }", "a socket needs an address"),
      ("getsockopt: { option: SO_MARKK }", "no socket option `SO_MARKK`; did you mean `SO_MARK`?"),
      ("setsockopt: { option: 7, value: 1 }", "an option by number needs its `level`"),
      ("setsockopt: { option: SO_MARK }", "`setsockopt` needs a `value`"),
      ("inject: { device: v7, packet: Ether() }", "the environment has no device `v7`"),
      ("socket: { tcp: ipv5 }", "no kind of tcp socket `ipv5`"),
      ("send: { data: { zeros: 99999999 } }", "no more than 16 MiB are sent at once"),
    ])
  func saysWhatIsWrongWithATrigger(line: String, message: String) {
    let found = errors(in: fixture("trigger: { \(line) }", "expect: { trigger: { errno: 0 } }"))
    #expect(found.contains { "\($0.description)".contains(message) }, "\(found)")
  }
}
