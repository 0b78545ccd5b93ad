/// The layers that are known, by their Scapy names.
///
/// A case costs a line here, a line in `type` and a `LayerType` in `Layers/`.
enum LayerID: UInt8, CaseIterable, Sendable {
  case ether, dot3, llc, snap, dot1q, dot1ad, arp
  case ip, ipv6, tcp, udp, icmp
  case icmpv6DestUnreach, icmpv6PacketTooBig, icmpv6TimeExceeded, icmpv6ParamProblem
  case icmpv6EchoRequest, icmpv6EchoReply, icmpv6Unknown
  case gre, vxlan
  case raw, padding
  case ipOption, ipOptionEOL, ipOptionNOP, ipOptionSecurity, ipOptionLSRR, ipOptionTimestamp, ipOptionRR
  case ipOptionStreamID, ipOptionSSRR, ipOptionMTUProbe, ipOptionMTUReply, ipOptionTraceroute
  case ipOptionAddressExtension, ipOptionRouterAlert, ipOptionSDBM

  /// What the layer is made of.
  var type: any LayerType.Type {
    switch self {
    case .ether: Ether.self
    case .dot3: Dot3.self
    case .llc: LLC.self
    case .snap: SNAP.self
    case .dot1q: Dot1Q.self
    case .dot1ad: Dot1AD.self
    case .arp: ARP.self
    case .ip: IP.self
    case .ipv6: IPv6.self
    case .tcp: TCP.self
    case .udp: UDP.self
    case .icmp: ICMP.self
    case .icmpv6DestUnreach: ICMPv6DestUnreach.self
    case .icmpv6PacketTooBig: ICMPv6PacketTooBig.self
    case .icmpv6TimeExceeded: ICMPv6TimeExceeded.self
    case .icmpv6ParamProblem: ICMPv6ParamProblem.self
    case .icmpv6EchoRequest: ICMPv6EchoRequest.self
    case .icmpv6EchoReply: ICMPv6EchoReply.self
    case .icmpv6Unknown: ICMPv6Unknown.self
    case .gre: GRE.self
    case .vxlan: VXLAN.self
    case .raw: Raw.self
    case .padding: Padding.self
    case .ipOption: IPOption.self
    case .ipOptionEOL: IPOptionEOL.self
    case .ipOptionNOP: IPOptionNOP.self
    case .ipOptionSecurity: IPOptionSecurity.self
    case .ipOptionLSRR: IPOptionLSRR.self
    case .ipOptionTimestamp: IPOptionTimestamp.self
    case .ipOptionRR: IPOptionRR.self
    case .ipOptionStreamID: IPOptionStreamID.self
    case .ipOptionSSRR: IPOptionSSRR.self
    case .ipOptionMTUProbe: IPOptionMTUProbe.self
    case .ipOptionMTUReply: IPOptionMTUReply.self
    case .ipOptionTraceroute: IPOptionTraceroute.self
    case .ipOptionAddressExtension: IPOptionAddressExtension.self
    case .ipOptionRouterAlert: IPOptionRouterAlert.self
    case .ipOptionSDBM: IPOptionSDBM.self
    }
  }

  /// True of what stands inside `IP(options=[…])` and not between slashes.
  var isIPOption: Bool { rawValue >= LayerID.ipOption.rawValue }

  /// The layer of a name, Scapy's classes for quoted packets (`IPerror` …) included: they build the same bytes.
  static func named(_ name: String) -> LayerID? { byName[name] }

  /// Every name that an expression may use.
  static let names: [String] = byName.keys.sorted()

  private static let byName: [String: LayerID] = {
    var all: [String: LayerID] = [
      "IPerror": .ip, "TCPerror": .tcp, "UDPerror": .udp, "ICMPerror": .icmp, "IPerror6": .ipv6,
    ]
    for id in allCases { all[id.type.name] = id }
    return all
  }()
}
