/// The layers that are known, by their Scapy names.
///
/// A case costs a line here, a line in `type` and a `LayerType` in `Layers/`.
enum LayerID: UInt8, CaseIterable, Sendable {
  case ether, dot3, llc, snap, dot1q, dot1ad, arp
  case ip, ipv6, tcp, udp, icmp
  case icmpv6DestUnreach, icmpv6PacketTooBig, icmpv6TimeExceeded, icmpv6ParamProblem
  case icmpv6EchoRequest, icmpv6EchoReply, icmpv6NDRS, icmpv6NDRA, icmpv6NDNS, icmpv6NDNA, icmpv6NDRedirect
  case icmpv6MLQuery, icmpv6MLReport, icmpv6MLDone, icmpv6MLQuery2, icmpv6MLReport2, icmpv6Unknown
  case gre, vxlan
  case mpls, pppoe, pppoed, ppp, hopByHop, destinationOptions, routing, segmentRouting, fragment, ah, esp
  case udpLite, sctp, sctpData, sctpInit, sctpInitAck, sctpSACK, sctpHeartbeat, sctpHeartbeatAck, sctpAbort
  case sctpShutdown, sctpShutdownAck, sctpError, sctpCookieEcho, sctpCookieAck, sctpShutdownComplete
  case ndUnknown, ndSource, ndTarget, ndPrefix, ndMTU, ndRDNSS, igmp, igmpv3MQ, igmpv3MR, erspanI, erspanII
  case erspanIII, erspanPlatform, geneve, gtpu, gtpSession, gue, wireguard, wireguardInitiation
  case wireguardResponse, wireguardCookie, wireguardTransport, dns, bootp, dhcp, ntp, quicVersion
  case quicInitial, quic0RTT, quicHandshake, quicRetry, quicShort
  case cookedLinux, cookedLinuxV2, tls, dnsOverTCP
  case raw, padding
  case tlsClientHello, tlsUnknown, tlsServerName, tlsName, tlsALPN, tlsProtocol
  case hbhUnknown, pad1, padN, routerAlert, rplOption, jumbo, hao, srTLV, srPad1, srPadN, srHMAC, mldRecord
  case igmpRecord, geneveOption, sctpHeartbeatInfo, sctpIPv4, sctpIPv6, sctpStateCookie, sctpUnrecognized
  case sctpPreservative, sctpHostname, sctpAddressTypes, sctpECN, sctpExtensions, sctpForwardTSN
  case sctpAdaptation, dnsQuestion, dnsRecord, dnsMX, dnsSOA, dnsSRV, dnsOPT, ednsOption
  case ipOption, ipOptionEOL, ipOptionNOP, ipOptionSecurity, ipOptionLSRR, ipOptionTimestamp, ipOptionRR
  case ipOptionStreamID, ipOptionSSRR, ipOptionMTUProbe, ipOptionMTUReply, ipOptionTraceroute
  case ipOptionAddressExtension, ipOptionRouterAlert, ipOptionSDBM

  /// What the layer is made of.
  var type: any LayerType.Type {
    switch self {
    case .ether: EtherLayer.self
    case .dot3: Dot3.self
    case .llc: LLC.self
    case .snap: SNAP.self
    case .dot1q: Dot1QLayer.self
    case .dot1ad: Dot1ADLayer.self
    case .arp: ARPLayer.self
    case .ip: IP.self
    case .ipv6: IPv6Layer.self
    case .tcp: TCPLayer.self
    case .udp: UDPLayer.self
    case .icmp: ICMPLayer.self
    case .icmpv6DestUnreach: ICMPv6DestUnreach.self
    case .icmpv6PacketTooBig: ICMPv6PacketTooBig.self
    case .icmpv6TimeExceeded: ICMPv6TimeExceeded.self
    case .icmpv6ParamProblem: ICMPv6ParamProblem.self
    case .icmpv6EchoRequest: ICMPv6EchoRequestLayer.self
    case .icmpv6EchoReply: ICMPv6EchoReplyLayer.self
    case .icmpv6Unknown: ICMPv6Unknown.self
    case .gre: GRELayer.self
    case .vxlan: VXLANLayer.self
    case .mpls: MPLS.self
    case .pppoe: PPPoE.self
    case .pppoed: PPPoED.self
    case .ppp: PPP.self
    case .hopByHop: HopByHop.self
    case .destinationOptions: DestinationOptions.self
    case .routing: Routing.self
    case .segmentRouting: SegmentRouting.self
    case .fragment: Fragment.self
    case .ah: AH.self
    case .esp: ESP.self
    case .udpLite: UDPLite.self
    case .sctp: SCTP.self
    case .sctpData: SCTPData.self
    case .sctpInit: SCTPInit.self
    case .sctpInitAck: SCTPInitAck.self
    case .sctpSACK: SCTPSACK.self
    case .sctpHeartbeat: SCTPHeartbeat.self
    case .sctpHeartbeatAck: SCTPHeartbeatAck.self
    case .sctpAbort: SCTPAbort.self
    case .sctpShutdown: SCTPShutdown.self
    case .sctpShutdownAck: SCTPShutdownAck.self
    case .sctpError: SCTPError.self
    case .sctpCookieEcho: SCTPCookieEcho.self
    case .sctpCookieAck: SCTPCookieAck.self
    case .sctpShutdownComplete: SCTPShutdownComplete.self
    case .ndUnknown: NDOptUnknown.self
    case .ndSource: NDOptSource.self
    case .ndTarget: NDOptTarget.self
    case .ndPrefix: NDOptPrefix.self
    case .ndMTU: NDOptMTU.self
    case .ndRDNSS: NDOptRDNSS.self
    case .igmp: IGMP.self
    case .igmpv3MQ: IGMPv3MQ.self
    case .igmpv3MR: IGMPv3MR.self
    case .erspanI: ERSPANI.self
    case .erspanII: ERSPANII.self
    case .erspanIII: ERSPANIII.self
    case .erspanPlatform: ERSPANPlatform.self
    case .geneve: Geneve.self
    case .gtpu: GTPU.self
    case .gtpSession: GTPSession.self
    case .gue: GUE.self
    case .wireguard: Wireguard.self
    case .wireguardInitiation: WireguardInitiation.self
    case .wireguardResponse: WireguardResponse.self
    case .wireguardCookie: WireguardCookie.self
    case .wireguardTransport: WireguardTransport.self
    case .dns: DNS.self
    case .bootp: BOOTP.self
    case .dhcp: DHCP.self
    case .ntp: NTP.self
    case .quicVersion: QUICVersion.self
    case .quicInitial: QUICInitial.self
    case .quic0RTT: QUIC0RTT.self
    case .quicHandshake: QUICHandshake.self
    case .quicRetry: QUICRetry.self
    case .quicShort: QUICShort.self
    case .hbhUnknown: HBHOptUnknown.self
    case .pad1: Pad1.self
    case .padN: PadN.self
    case .routerAlert: RouterAlert.self
    case .rplOption: RplOption.self
    case .jumbo: Jumbo.self
    case .hao: HAO.self
    case .srTLV: SegmentRoutingTLV.self
    case .srPad1: SegmentRoutingPad1.self
    case .srPadN: SegmentRoutingPadN.self
    case .srHMAC: SegmentRoutingHMAC.self
    case .mldRecord: MulticastRecord.self
    case .igmpRecord: IGMPRecord.self
    case .geneveOption: GeneveOption.self
    case .sctpHeartbeatInfo: SCTPHeartbeatInfo.self
    case .sctpIPv4: SCTPIPv4.self
    case .sctpIPv6: SCTPIPv6.self
    case .sctpStateCookie: SCTPStateCookie.self
    case .sctpUnrecognized: SCTPUnrecognized.self
    case .sctpPreservative: SCTPPreservative.self
    case .sctpHostname: SCTPHostname.self
    case .sctpAddressTypes: SCTPAddressTypes.self
    case .sctpECN: SCTPECN.self
    case .sctpExtensions: SCTPExtensions.self
    case .sctpForwardTSN: SCTPForwardTSN.self
    case .sctpAdaptation: SCTPAdaptation.self
    case .dnsQuestion: DNSQuestion.self
    case .dnsRecord: DNSRecord.self
    case .dnsMX: DNSMX.self
    case .dnsSOA: DNSSOA.self
    case .dnsSRV: DNSSRV.self
    case .dnsOPT: DNSOPT.self
    case .ednsOption: EDNSOption.self
    case .icmpv6NDRS: ICMPv6NDRS.self
    case .icmpv6NDRA: ICMPv6NDRA.self
    case .icmpv6NDNS: ICMPv6NDNS.self
    case .icmpv6NDNA: ICMPv6NDNA.self
    case .icmpv6NDRedirect: ICMPv6NDRedirect.self
    case .icmpv6MLQuery: ICMPv6MLQuery.self
    case .icmpv6MLReport: ICMPv6MLReport.self
    case .icmpv6MLDone: ICMPv6MLDone.self
    case .icmpv6MLQuery2: ICMPv6MLQuery2.self
    case .icmpv6MLReport2: ICMPv6MLReport2.self
    case .cookedLinux: CookedLinux.self
    case .cookedLinuxV2: CookedLinuxV2.self
    case .tls: TLS.self
    case .dnsOverTCP: DNSOverTCP.self
    case .tlsClientHello: TLSClientHello.self
    case .tlsUnknown: TLSUnknown.self
    case .tlsServerName: TLSServerName.self
    case .tlsName: TLSName.self
    case .tlsALPN: TLSALPN.self
    case .tlsProtocol: TLSProtocol.self
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
      "SCTPerror": .sctp, "NTP": .ntp, "ERSPAN": .erspanII, "QUIC": .quicInitial,
    ]
    for id in allCases { all[id.type.name] = id }
    return all
  }()
}
