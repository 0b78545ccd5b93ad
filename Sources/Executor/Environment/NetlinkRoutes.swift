import BPF
import CBPFShims
import Glibc
import TestPlan

extension NetlinkSocket {
  /// Adds a route; `device` is the index of its device, 0 where it has none.
  func add(_ route: Route, device: UInt32) throws(BPFError) {
    try written { () throws(BPFError) in
      try request(Self.addition(of: route, device: device), "adding the route to \(route.destination.words)")
    }
  }

  /// Makes a neighbour known.
  func add(_ neighbour: Neighbour, device: UInt32) throws(BPFError) {
    try written { () throws(BPFError) in
      try request(
        Self.addition(of: neighbour, device: device),
        "adding the neighbour \(Address.text(neighbour.address.array) ?? neighbour.address.hex)")
    }
  }

  /// A refusal of what is as a test's author wrote it is no fault of the machinery.
  private func written(_ body: () throws(BPFError) -> Void) throws(BPFError) {
    do { try body() } catch {
      var error = error
      if error.code == .kernel { error.code = .badArgument }
      throw error
    }
  }

  // linux/rtnetlink.h and linux/neighbour.h.
  private static let newRoute = 24, newNeighbour = 28
  private static let mainTable: UInt32 = 254, noTable: UInt8 = 0
  private static let madeByAdministrator: UInt8 = 4
  private static let everywhere: UInt8 = 0, onLink: UInt8 = 253
  private static let permanent: UInt16 = 0x80

  /// `RTM_NEWROUTE` with its `struct rtmsg`: family, bits of destination and source, type of service, table, protocol,
  /// scope, type, flags.
  static func addition(of route: Route, device: UInt32) -> NetlinkMessage {
    let table = route.table ?? mainTable
    let isLink = route.kind == .unicast && route.gateway == nil
    let type: UInt8 =
      switch route.kind {
      case .unicast: 1
      case .blackhole: 6
      case .unreachable: 7
      case .prohibit: 8
      }
    var message = NetlinkMessage(
      type: newRoute, flags: NLM_F_CREATE | NLM_F_EXCL,
      fixed: [
        family(of: route.destination.bytes), route.destination.prefixLength, 0, 0, UInt8(exactly: table) ?? noTable,
        madeByAdministrator, isLink ? onLink : everywhere, type, 0, 0, 0, 0,
      ])
    if route.destination.prefixLength > 0 { message.add(1, route.destination.network) }  // RTA_DST
    if device != 0 { message.add(4, device) }  // RTA_OIF
    if let gateway = route.gateway { message.add(5, gateway.array) }  // RTA_GATEWAY
    if let metric = route.metric { message.add(6, metric) }  // RTA_PRIORITY
    if let source = route.source { message.add(7, source.array) }  // RTA_PREFSRC
    if let mtu = route.mtu {
      // RTA_METRICS with RTAX_LOCK and RTAX_MTU: forwarding over IPv4 heeds a locked one alone (`ip_mtu_from_fib_result`).
      message.nest(8) { metrics in
        metrics.add(1, UInt32(1 << 2))
        metrics.add(2, mtu)
      }
    }
    message.add(15, table)  // RTA_TABLE
    return message
  }

  /// `RTM_NEWNEIGH` with its `struct ndmsg`: family, padding, index, state, flags, type.
  static func addition(of neighbour: Neighbour, device: UInt32) -> NetlinkMessage {
    var message = NetlinkMessage(
      type: newNeighbour, flags: NLM_F_CREATE | NLM_F_REPLACE,
      fixed: [family(of: neighbour.address), 0, 0, 0] + NetlinkMessage.raw(device) + NetlinkMessage.raw(permanent)
        + [0, 0])
    message.add(1, neighbour.address.array)  // NDA_DST
    message.add(2, neighbour.mac.array)  // NDA_LLADDR
    return message
  }

  private static func family(of address: Bytes) -> UInt8 {
    UInt8(truncatingIfNeeded: address.count == 4 ? AF_INET : AF_INET6)
  }
}

extension InterfaceAddress {
  /// The address with all bits behind the prefix at zero, which the kernel wants them to be (`fib_valid_key_len`,
  /// net/ipv4/fib_trie.c).
  fileprivate var network: [UInt8] {
    bytes.array.enumerated().map { index, byte in
      let bits = max(0, min(8, Int(prefixLength) - index * 8))
      return bits == 0 ? 0 : byte & (0xff << UInt8(8 - bits))
    }
  }

  /// `10.0.0.0/8`, or `default`.
  var words: String {
    prefixLength == 0 ? "default" : "\(Address.text(bytes.array) ?? bytes.hex)/\(prefixLength)"
  }
}

extension NetworkSetting {
  /// Writes it for the network namespace of the calling thread. A kernel without IPv6 has none of its settings.
  func apply() throws(BPFError) {
    let path = "/proc/sys/" + name.split(separator: ".").joined(separator: "/")
    let operation = "setting \(name) to \(value)"
    let file = open(path, O_WRONLY | O_CLOEXEC)
    if file < 0, name.hasPrefix("net.ipv6."), access("/proc/sys/net/ipv6", F_OK) != 0 { return }
    guard file >= 0 else { throw BPFError(.badArgument, errno: errno, operation: operation, detail: path) }
    defer { close(file) }
    guard write(file, value, value.utf8.count) == value.utf8.count else {
      throw BPFError(.badArgument, errno: errno, operation: operation, detail: path)
    }
  }
}
