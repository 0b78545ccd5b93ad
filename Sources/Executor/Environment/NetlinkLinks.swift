import BPF
import CBPFShims
import Glibc
import TestPlan

extension NetlinkSocket {
  /// Makes a device, down and without addresses. The peer of a veth pair may go to another namespace, by its descriptor.
  func makeDevice(_ device: NetworkDevice, peerNamespace: Int32?) throws(BPFError) {
    let kind = device.kind.rawValue
    do {
      try request(
        Self.creation(of: device, peerNamespace: peerNamespace), "making the \(kind) device `\(device.end.name)`")
    } catch {
      // Making one is how one finds out: "Unknown device type" (rtnl_newlink, net/core/rtnetlink.c).
      guard error.errno == EOPNOTSUPP else { throw error }
      throw BPFError(.unknownDevice, errno: error.errno, operation: error.operation, detail: kind)
    }
  }

  /// `RTM_NEWLINK` with `IFLA_LINKINFO`; a veth's peer is described inside it (`VETH_INFO_PEER`).
  static func creation(of device: NetworkDevice, peerNamespace: Int32?) -> NetlinkMessage {
    var message = NetlinkMessage(
      type: RTM_NEWLINK, flags: NLM_F_CREATE | NLM_F_EXCL, fixed: NetlinkMessage.linkPart(index: device.end.index))
    describe(device.end, in: &message)
    message.nest(IFLA_LINKINFO) { info in
      info.add(IFLA_INFO_KIND, device.kind.rawValue)
      guard let peer = device.peer else { return }
      info.nest(IFLA_INFO_DATA) { data in
        data.nest(VETH_INFO_PEER) { message in
          message.append(fixed: NetlinkMessage.linkPart(index: peer.index))
          describe(peer, in: &message)
          if let peerNamespace { message.add(IFLA_NET_NS_FD, UInt32(bitPattern: peerNamespace)) }
        }
      }
    }
    return message
  }

  private static func describe(_ end: DeviceEnd, in message: inout NetlinkMessage) {
    message.add(IFLA_IFNAME, end.name)
    // One queue each way, so that packets keep their order: a veth has one for each processor otherwise.
    message.add(IFLA_NUM_TX_QUEUES, UInt32(1))
    message.add(IFLA_NUM_RX_QUEUES, UInt32(1))
    if let mac = end.mac { message.add(IFLA_ADDRESS, mac.array) }
    if let mtu = end.mtu { message.add(IFLA_MTU, mtu) }
  }

  /// Switches a device on.
  func bringUp(index: UInt32, name: String) throws(BPFError) {
    let up = UInt32(IFF_UP)
    try request(
      NetlinkMessage(type: RTM_NEWLINK, fixed: NetlinkMessage.linkPart(index: index, flags: up, change: up)),
      "bringing the device `\(name)` up")
  }

  /// Makes sure that what is sent from now on isn't dropped: the carrier that a veth has since its peer is up is otherwise
  /// noticed some time later (net/core/link_watch.c).
  func settle(name: String) { _ = bpftest_settle_link(descriptor, name) }

  /// Gives a device an address. It can be used at once: nothing asks the network for duplicates.
  func add(_ address: InterfaceAddress, index: UInt32, name: String) throws(BPFError) {
    try request(
      Self.addition(of: address, index: index),
      "giving `\(name)` the address \(Address.text(address.bytes.array) ?? address.bytes.hex)/\(address.prefixLength)")
  }

  static func addition(of address: InterfaceAddress, index: UInt32) -> NetlinkMessage {
    let isIPv4 = address.bytes.count == 4
    var message = NetlinkMessage(
      type: RTM_NEWADDR, flags: NLM_F_CREATE | NLM_F_EXCL,
      fixed: NetlinkMessage.addressPart(
        family: isIPv4 ? AF_INET : AF_INET6, prefixLength: address.prefixLength,
        flags: isIPv4 ? 0 : UInt8(IFA_F_NODAD), index: index))
    message.add(IFA_LOCAL, address.bytes.array)
    message.add(IFA_ADDRESS, address.bytes.array)
    return message
  }
}

extension BPFError.Code {
  /// A kind of network device that the kernel doesn't have; the error's detail is the kind.
  public static let unknownDevice = BPFError.Code(rawValue: "unknown kind of device")
}
