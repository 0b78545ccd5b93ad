/// EtherType numbers (IANA, ieee-802-numbers) and the layers behind them, in both directions.
enum EtherType {
  static let ip: UInt16 = 0x0800
  static let arp: UInt16 = 0x0806
  static let transparentEthernet: UInt16 = 0x6558
  static let dot1q: UInt16 = 0x8100
  static let ipv6: UInt16 = 0x86dd
  static let dot1ad: UInt16 = 0x88a8

  /// Names as in Scapy's and the system's `ethertypes`.
  static let names: [UInt64: String] = [
    0x0800: "IPv4", 0x0806: "ARP", 0x6558: "TEB", 0x8035: "RARP", 0x8100: "VLAN", 0x86dd: "IPv6", 0x8847: "MPLS",
    0x8848: "MPLS_MULTI", 0x8863: "PPP_DISC", 0x8864: "PPP_SES", 0x88a8: "QinQ", 0x88cc: "LLDP",
  ]

  /// Who reads what a number announces.
  static func layer(_ number: UInt16) -> LayerID? {
    switch number {
    case ip: .ip
    case ipv6: .ipv6
    case dot1q: .dot1q
    case arp: .arp
    case dot1ad: .dot1ad
    case 0x8847, 0x8848: .mpls
    case 0x8863: .pppoed
    case 0x8864: .pppoe
    // Scapy's bindings of the numbers that stand for a whole frame and for LLC.
    case 1: .ether
    case 122, 0x8870: .llc
    default: nil
    }
  }

  /// The number that announces a layer.
  static func number(of layer: LayerID) -> UInt16? {
    switch layer {
    case .ip: ip
    case .ipv6: ipv6
    case .arp: arp
    case .dot1q: dot1q
    case .dot1ad: dot1ad
    case .mpls: 0x8847
    case .pppoed: 0x8863
    case .pppoe: 0x8864
    case .ether: 1
    case .llc: 0x8870
    default: nil
    }
  }

  /// The `type` field of Ethernet-like headers.
  static func field(_ name: String, _ initial: UInt64) -> Field {
    Field(name, .names(names, hex: true), .bits(16), .number(initial))
  }
}
