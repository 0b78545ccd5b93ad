import BPF
import Glibc
import TestPlan
import Testing

@testable import Executor

/// Requests byte by byte, as netlink(7), rtnetlink(7) and linux/if_link.h lay them out.
@Suite struct NetlinkTests {
  @Test func laysOutTheCreationOfADummyDevice() {
    let device = NetworkDevice(kind: .dummy, end: DeviceEnd(name: "d0", index: 4))
    let bytes = NetlinkSocket.creation(of: device, peerNamespace: nil).numbered(7)
    #expect(
      bytes == [
        72, 0, 0, 0, 16, 0, 0x05, 0x06, 7, 0, 0, 0, 0, 0, 0, 0,  // RTM_NEWLINK, REQUEST|ACK|EXCL|CREATE, sequence 7
        0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  // ifinfomsg with index 4
        7, 0, 3, 0, 0x64, 0x30, 0, 0,  // IFLA_IFNAME "d0"
        8, 0, 31, 0, 1, 0, 0, 0, 8, 0, 32, 0, 1, 0, 0, 0,  // IFLA_NUM_TX_QUEUES and IFLA_NUM_RX_QUEUES
        16, 0, 18, 0, 10, 0, 1, 0, 0x64, 0x75, 0x6d, 0x6d, 0x79, 0, 0, 0,  // IFLA_LINKINFO { IFLA_INFO_KIND "dummy" }
      ])
  }

  @Test func laysOutARouteWithItsBitsBehindThePrefixAtZero() {
    let route = Route(
      to: InterfaceAddress(bytes: Bytes([192, 0, 2, 77]), prefixLength: 20), gateway: Bytes([10, 0, 0, 2]), mtu: 600)
    let bytes = NetlinkSocket.addition(of: route, device: 2).numbered(1)
    #expect(
      bytes == [
        80, 0, 0, 0, 24, 0, 0x05, 0x06, 1, 0, 0, 0, 0, 0, 0, 0,  // RTM_NEWROUTE, REQUEST|ACK|EXCL|CREATE
        2, 20, 0, 0, 254, 4, 0, 1, 0, 0, 0, 0,  // rtmsg: AF_INET, /20, main table, static, universe, unicast
        8, 0, 1, 0, 192, 0, 0, 0,  // RTA_DST
        8, 0, 4, 0, 2, 0, 0, 0,  // RTA_OIF
        8, 0, 5, 0, 10, 0, 0, 2,  // RTA_GATEWAY
        20, 0, 8, 0, 8, 0, 1, 0, 4, 0, 0, 0, 8, 0, 2, 0, 0x58, 2, 0, 0,  // RTA_METRICS { RTAX_LOCK, RTAX_MTU 600 }
        8, 0, 15, 0, 254, 0, 0, 0,  // RTA_TABLE
      ])
  }

  @Test func laysOutANeighbour() {
    let neighbour = Neighbour(address: Bytes([10, 0, 0, 2]), mac: Bytes([2, 0, 0, 0, 0, 0x22]), device: "v0")
    #expect(
      NetlinkSocket.addition(of: neighbour, device: 3).numbered(1) == [
        48, 0, 0, 0, 28, 0, 0x05, 0x05, 1, 0, 0, 0, 0, 0, 0, 0,  // RTM_NEWNEIGH, REQUEST|ACK|REPLACE|CREATE
        2, 0, 0, 0, 3, 0, 0, 0, 0x80, 0, 0, 0,  // ndmsg: AF_INET, index 3, NUD_PERMANENT
        8, 0, 1, 0, 10, 0, 0, 2,  // NDA_DST
        10, 0, 2, 0, 2, 0, 0, 0, 0, 0x22, 0, 0,  // NDA_LLADDR
      ])
  }

  @Test func describesThePeerOfAVethInsideIt() {
    let device = NetworkDevice(
      kind: .veth, end: DeviceEnd(name: "v0", index: 2, mac: Bytes([2, 0, 0, 0, 0, 1])),
      peer: DeviceEnd(name: "v1", index: 3, mtu: 9000))
    let bytes = NetlinkSocket.creation(of: device, peerNamespace: 5).numbered(1)
    let peer: [UInt8] = [
      60, 0, 1, 0,  // VETH_INFO_PEER
      0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  // ifinfomsg with index 3
      7, 0, 3, 0, 0x76, 0x31, 0, 0,  // IFLA_IFNAME "v1"
      8, 0, 31, 0, 1, 0, 0, 0, 8, 0, 32, 0, 1, 0, 0, 0,  // one queue each way
      8, 0, 4, 0, 0x28, 0x23, 0, 0,  // IFLA_MTU 9000
      8, 0, 28, 0, 5, 0, 0, 0,  // IFLA_NET_NS_FD 5
    ]
    #expect(bytes.count == Int(bytes[0]))
    #expect([UInt8](bytes.suffix(peer.count)) == peer)
    // IFLA_INFO_DATA around it, and IFLA_LINKINFO around that and the kind.
    #expect([UInt8](bytes.dropLast(peer.count).suffix(4)) == [64, 0, 2, 0])
    #expect(
      [UInt8](bytes.dropLast(peer.count + 4).suffix(16)) == [80, 0, 18, 0, 9, 0, 1, 0] + "veth".utf8 + [0, 0, 0, 0])
    #expect([UInt8](bytes.dropLast(peer.count + 20).suffix(12)) == [10, 0, 1, 0, 2, 0, 0, 0, 0, 1, 0, 0])
  }

  @Test func anIPv6AddressIsUsableAtOnce() {
    let address = InterfaceAddress(bytes: Bytes(Address.ipv6("fd00::1") ?? []), prefixLength: 64)
    let bytes = NetlinkSocket.addition(of: address, index: 2).numbered(1)
    // ifaddrmsg: AF_INET6, /64, IFA_F_NODAD, global, index 2.
    #expect([UInt8](bytes[16..<24]) == [10, 64, 2, 0, 2, 0, 0, 0])
    #expect(bytes.count == 24 + 2 * 20)
  }

  @Test func readsWhatTheKernelSaysOfARefusal() throws {
    let words = [UInt8]("Unknown device type".utf8) + [0]
    var answer: [UInt8] = [0, 0, 0, 0, 2, 0, 0, 3] + [UInt8](repeating: 0, count: 8)
    answer += withUnsafeBytes(of: -EOPNOTSUPP) { [UInt8]($0) } + [UInt8](repeating: 0, count: 16)
    answer += [UInt8(4 + words.count), 0, 1, 0] + words
    let reply = try #require(NetlinkReply(answer))
    #expect(reply.errno == EOPNOTSUPP)
    #expect(reply.message == "Unknown device type")
  }

  @Test func anAnswerCutShortIsNone() {
    let answer: [UInt8] = [36, 0, 0, 0, 2, 0] + [UInt8](repeating: 0, count: 30)
    #expect(NetlinkReply(answer)?.errno == 0)
    for count in 0..<36 { #expect(NetlinkReply([UInt8](answer[..<count])) == nil) }
  }

  @Test func lengthsInAnAnswerThatLieAreNotFollowed() throws {
    let answer: [UInt8] = [40, 0, 0, 0, 2, 0] + [UInt8](repeating: 0, count: 30) + [255, 255, 1, 0]
    #expect(try #require(NetlinkReply(answer)).message.isEmpty)
    let endless: [UInt8] = [40, 0, 0, 0, 2, 0] + [UInt8](repeating: 0, count: 30) + [0, 0, 1, 0]
    #expect(try #require(NetlinkReply(endless)).message.isEmpty)
  }
}
