/// Names that Scapy's fields take for numbers, so that expressions take them too. `Tests/PacketsTests/Scapy/names.py` writes
/// the text; `ScapyLiveTests` hold it against Scapy.
enum ScapyNames {
  /// The names of one field.
  struct Table {
    var numbers: [String: UInt64] = [:]
    /// True where the numbers are bits that `+` joins.
    var areBits = false

    /// What a text stands for, in whatever case it is written.
    func number(_ text: String) -> UInt64? {
      guard areBits else { return one(text) }
      var value: UInt64 = 0
      for word in text.split(separator: "+") {
        guard let bit = one(String(word)) else { return nil }
        value |= bit
      }
      return value
    }

    private func one(_ name: String) -> UInt64? {
      if let number = numbers[name] { return number }
      let name = name.lowercased()
      return numbers.filter { $0.key.lowercased() == name }.map(\.value).max()
    }
  }

  /// The names of a field, or `nil` when it has none. Where they depend on another field, such as ICMP's codes on its type,
  /// `selector` is what that holds if it was given; else, and for a value without names of its own, all of them count.
  static func table(_ layer: String, _ field: String, selector: UInt64?) -> Table? {
    let title = "\(layer).\(field)"
    if let selector, let table = byField["\(title)/\(selector)"] { return table }
    return byField[title]
  }

  private static let byField: [String: Table] = {
    var all: [String: Table] = [:]
    var titles: [String] = []
    var isHeading = false
    for line in text.split(separator: "\n") {
      if line.hasPrefix("= ") {
        if !isHeading { titles = [] }
        titles += line.dropFirst(2).split(separator: " ").map(String.init)
        isHeading = true
        continue
      }
      isHeading = false
      for entry in line.split(separator: "|") {
        let parts = entry.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let number = UInt64(parts[0]) else { continue }
        for title in titles {
          let whole = String(title.prefix { $0 != "/" && $0 != "+" })
          for key in Set([whole, title]) { all[key, default: Table()].numbers[String(parts[1])] = number }
          if title.hasSuffix("+") { all[whole]?.areBits = true }
        }
      }
    }
    return all
  }()

  private static let text = """
    = AH.nh IP.proto
    0 hopopt|1 icmp|2 igmp|3 ggp|4 ipencap|5 st|6 tcp|8 egp|9 igp|12 pup|17 udp|20 hmp|22 xns_idp|27 rdp|29 iso_tp4
    33 dccp|36 xtp|37 ddp|38 idpr_cmtp|41 ipv6|43 ipv6_route|44 ipv6_frag|45 idrp|46 rsvp|47 gre|50 esp|51 ah|57 skip
    58 ipv6_icmp|59 ipv6_nonxt|60 ipv6_opts|73 rspf|81 vmtp|88 eigrp|89 ospf|93 ax_25|94 ipip|97 etherip|98 encap
    103 pim|108 ipcomp|112 vrrp|115 l2tp|124 isis|132 sctp|133 fc|135 mobility_header|136 udplite|137 mpls_in_ip
    138 manet|139 hip|140 shim6|141 wesp|142 rohc|143 ethernet|262 mptcp
    = ARP.hwtype BOOTP.htype
    1 Ethernet (10Mb)|2 Ethernet (3Mb)|3 AX.25|4 Proteon ProNET Token Ring|5 Chaos|6 IEEE 802 Networks|7 ARCNET
    8 Hyperchannel|9 Lanstar|10 Autonet Short Address|11 LocalTalk|12 LocalNet|13 Ultra link|14 SMDS|15 Frame relay
    17 HDLC|18 Fibre Channel|20 Serial Line|21 ATM
    = ARP.ptype CookedLinux.proto CookedLinuxV2.proto Dot1AD.type Dot1Q.type Ether.type GRE.proto SNAP.code
    2048 IPv4|2053 X25|2054 ARP|2056 FR_ARP|2303 BPQ|8947 TRILL|8948 L2_IS_IS|25944 TEB|25945 RAW_FR|32821 RARP
    32923 ATALK|33011 AARP|33024 n_802_1Q|33079 IPX|33169 NetBEUI|34525 IPv6|34827 PPP|34887 MPLS|34888 MPLS_MULTI
    34892 ATMMPOA|34915 PPP_DISC|34916 PPP_SES|34948 ATMFATE|34958 EAPOL|34984 802_1AD|35015 EAP_PREAUTH|35020 LLDP
    35045 802_1AE|35047 802_1AH|35061 MVRP|35063 PTP|35078 FCOE|35092 FIP|35093 ROCE|41197 LoWPAN
    = ARP.op
    1 who-has|2 is-at|3 RARP-req|4 RARP-rep|5 Dyn-RARP-req|6 Dyn-RAR-rep|7 Dyn-RARP-err|8 InARP-req|9 InARP-rep
    = BOOTP.op
    1 BOOTREQUEST|2 BOOTREPLY
    = BOOTP.flags+
    32768 B
    = CookedLinux.pkttype CookedLinuxV2.pkttype
    0 unicast|1 broadcast|2 multicast|3 unicast-to-another-host|4 sent-by-us
    = DNS.opcode DNSTCP.opcode
    0 QUERY|1 IQUERY|2 STATUS
    = DNS.rcode DNSTCP.rcode
    0 ok|1 format-error|2 server-failure|3 name-error|4 not-implemented|5 refused
    = DNSQR.qtype
    1 A|2 NS|3 MD|4 MF|5 CNAME|6 SOA|7 MB|8 MG|9 MR|10 NULL|11 WKS|12 PTR|13 HINFO|14 MINFO|15 MX|16 TXT|17 RP
    18 AFSDB|19 X25|20 ISDN|21 RT|22 NSAP|23 NSAP-PTR|24 SIG|25 KEY|26 PX|27 GPOS|28 AAAA|29 LOC|30 NXT|31 EID
    32 NIMLOC|33 SRV|34 ATMA|35 NAPTR|36 KX|37 CERT|38 A6|39 DNAME|40 SINK|41 OPT|42 APL|43 DS|44 SSHFP|45 IPSECKEY
    46 RRSIG|47 NSEC|48 DNSKEY|49 DHCID|50 NSEC3|51 NSEC3PARAM|52 TLSA|53 SMIMEA|55 HIP|56 NINFO|57 RKEY|58 TALINK
    59 CDS|60 CDNSKEY|61 OPENPGPKEY|62 CSYNC|63 ZONEMD|64 SVCB|65 HTTPS|99 SPF|100 UINFO|101 UID|102 GID|103 UNSPEC
    104 NID|105 L32|106 L64|107 LP|108 EUI48|109 EUI64|249 TKEY|250 TSIG|251 IXFR|252 AXFR|253 MAILB|254 MAILA
    255 ALL|256 URI|257 CAA|258 AVC|259 DOA|260 AMTRELAY|32768 TA|32769 DLV|65535 RESERVED
    = DNSQR.qclass DNSRR.rclass DNSRRMX.rclass DNSRROPT.rclass DNSRRSOA.rclass DNSRRSRV.rclass
    1 IN|2 CS|3 CH|4 HS|255 ANY
    = DNSRR.type DNSRRMX.type DNSRROPT.type DNSRRSOA.type DNSRRSRV.type
    1 A|2 NS|3 MD|4 MF|5 CNAME|6 SOA|7 MB|8 MG|9 MR|10 NULL|11 WKS|12 PTR|13 HINFO|14 MINFO|15 MX|16 TXT|17 RP
    18 AFSDB|19 X25|20 ISDN|21 RT|22 NSAP|23 NSAP-PTR|24 SIG|25 KEY|26 PX|27 GPOS|28 AAAA|29 LOC|30 NXT|31 EID
    32 NIMLOC|33 SRV|34 ATMA|35 NAPTR|36 KX|37 CERT|38 A6|39 DNAME|40 SINK|41 OPT|42 APL|43 DS|44 SSHFP|45 IPSECKEY
    46 RRSIG|47 NSEC|48 DNSKEY|49 DHCID|50 NSEC3|51 NSEC3PARAM|52 TLSA|53 SMIMEA|55 HIP|56 NINFO|57 RKEY|58 TALINK
    59 CDS|60 CDNSKEY|61 OPENPGPKEY|62 CSYNC|63 ZONEMD|64 SVCB|65 HTTPS|99 SPF|100 UINFO|101 UID|102 GID|103 UNSPEC
    104 NID|105 L32|106 L64|107 LP|108 EUI48|109 EUI64|249 TKEY|250 TSIG|256 URI|257 CAA|258 AVC|259 DOA|260 AMTRELAY
    32768 TA|32769 DLV|65535 RESERVED
    = DNSRROPT.z
    32768 D0
    = EDNS0TLV.optcode
    0 Reserved|1 LLQ|2 UL|3 NSID|4 Owner|5 DAU|6 DHU|7 N3U|8 edns-client-subnet|10 COOKIE|12 Padding
    15 Extended DNS Error
    = ERSPAN_III.ft
    0 Ethernet|2 IP
    = ERSPAN_III.gra
    0 100us|1 100ns|2 IEEE 1588
    = GENEVE.proto
    2048 IPv4|2053 X25|2054 ARP|2056 FR_ARP|2303 BPQ|8947 TRILL|8948 L2_IS_IS|25944 TEB|25945 RAW_FR|32821 RARP
    32923 ATALK|33011 AARP|33024 n_802_1Q|33079 IPX|33169 NetBEUI|34525 IPv6|34827 PPP|34887 MPLS|34888 MPLS_MULTI
    34892 ATMMPOA|34915 PPP_DISC|34916 PPP_SES|34948 ATMFATE|34958 EAPOL|34984 802_1AD|35015 EAP_PREAUTH|35020 LLDP
    35045 802_1AE|35047 802_1AH|35061 MVRP|35063 PTP|35078 FCOE|35092 FIP|35093 ROCE|41197 6LoWPAN
    = GTPPDUSessionContainer.type
    0 DL PDU SESSION INFORMATION|1 UL PDU SESSION INFORMATION
    = GTPPDUSessionContainer.NextExtHdr GTP_U_Header.next_ex
    0 No more extension headers|64 UDP Port|133 PDU Session Container|192 PDCP PDU Number|194 Reserved
    = GTP_U_Header.gtp_type
    1 echo_request|2 echo_response|16 create_pdp_context_req|17 create_pdp_context_res|18 update_pdp_context_req
    19 update_pdp_context_resp|20 delete_pdp_context_req|21 delete_pdp_context_res|26 error_indication
    27 pdu_notification_req|31 supported_extension_headers_notification|254 end_marker|255 g_pdu
    = GeneveOptions.classid
    256 Linux|257 Open vSwitch|258 Open Virtual Networking (OVN)|259 In-band Network Telemetry (INT)|260 VMware
    262 Cisco Systems, Inc.|263 Oracle Corporation|272 Amazon.com, Inc.|280 IBM|296 Ericsson|65279 Unassigned
    65535 Experimental
    = HAO.otype HBHOptUnknown.otype Jumbo.otype Pad1.otype PadN.otype RouterAlert.otype RplOption.otype
    0 Pad1|1 PadN|4 Tunnel Encapsulation Limit|5 Router Alert|6 Quick-Start|194 Jumbo Payload|201 Home Address Option
    = ICMP.type
    0 echo-reply|3 dest-unreach|4 source-quench|5 redirect|8 echo-request|9 router-advertisement
    10 router-solicitation|11 time-exceeded|12 parameter-problem|13 timestamp-request|14 timestamp-reply
    15 information-request|16 information-response|17 address-mask-request|18 address-mask-reply|30 traceroute
    31 datagram-conversion-error|32 mobile-host-redirect|33 ipv6-where-are-you|34 ipv6-i-am-here
    35 mobile-registration-request|36 mobile-registration-reply|37 domain-name-request|38 domain-name-reply|39 skip
    40 photuris
    = ICMP.code/3
    0 network-unreachable|1 host-unreachable|2 protocol-unreachable|3 port-unreachable|4 fragmentation-needed
    5 source-route-failed|6 network-unknown|7 host-unknown|9 network-prohibited|10 host-prohibited
    11 TOS-network-unreachable|12 TOS-host-unreachable|13 communication-prohibited|14 host-precedence-violation
    15 precedence-cutoff
    = ICMP.code/5
    0 network-redirect|1 host-redirect|2 TOS-network-redirect|3 TOS-host-redirect
    = ICMP.code/11
    0 ttl-zero-during-transit|1 ttl-zero-during-reassembly
    = ICMP.code/12
    0 ip-header-bad|1 required-option-missing
    = ICMP.code/40
    0 bad-spi|1 authentication-failed|2 decompression-failed|3 decryption-failed|4 need-authentification
    5 need-authorization
    = ICMPv6DestUnreach.type ICMPv6EchoReply.type ICMPv6EchoRequest.type ICMPv6MLDone.type ICMPv6MLQuery.type
    = ICMPv6MLQuery2.type ICMPv6MLReport.type ICMPv6MLReport2.type ICMPv6ND_NA.type ICMPv6ND_NS.type ICMPv6ND_RA.type
    = ICMPv6ND_RS.type ICMPv6ND_Redirect.type ICMPv6PacketTooBig.type ICMPv6ParamProblem.type ICMPv6TimeExceeded.type
    = ICMPv6Unknown.type
    1 Destination unreachable|2 Packet too big|3 Time exceeded|4 Parameter problem|128 Echo Request|129 Echo Reply
    130 MLD Query|131 MLD Report|132 MLD Done|133 Router Solicitation|134 Router Advertisement
    135 Neighbor Solicitation|136 Neighbor Advertisement|137 Redirect Message|138 Router Renumbering
    139 ICMP Node Information Query|140 ICMP Node Information Response
    141 Inverse Neighbor Discovery Solicitation Message|142 Inverse Neighbor Discovery Advertisement Message
    143 MLD Report Version 2|144 Home Agent Address Discovery Request Message
    145 Home Agent Address Discovery Reply Message|146 Mobile Prefix Solicitation|147 Mobile Prefix Advertisement
    148 Certification Path Solicitation|149 Certification Path Advertisement|151 Multicast Router Advertisement
    152 Multicast Router Solicitation|153 Multicast Router Termination|155 RPL Control Message
    201 Private Experimentation
    = ICMPv6DestUnreach.code
    0 No route to destination|1 Communication with destination administratively prohibited
    2 Beyond scope of source address|3 Address unreachable|4 Port unreachable
    = ICMPv6ND_RA.prf
    0 Medium (default)|1 High|2 Reserved|3 Low
    = ICMPv6ParamProblem.code
    0 erroneous header field encountered|1 unrecognized Next Header type encountered
    2 unrecognized IPv6 option encountered|3 first fragment has incomplete header chain
    = ICMPv6TimeExceeded.code
    0 hop limit exceeded in transit|1 fragment reassembly time exceeded
    = IGMP.type
    17 Group Membership Query|18 Version 1 - Membership Report|22 Version 2 - Membership Report|23 Leave Group
    = IGMPv3_MQ.type IGMPv3_MR.type
    17 Membership Query|34 Version 3 - Membership Report|48 Multicast Router Advertisement
    49 Multicast Router Solicitation|50 Multicast Router Termination
    = IGMPv3_MQ.flags+
    1 bit_0|2 bit_1|4 bit_2|8 extended
    = IGMPv3_MR.flags+
    1 bit_0|2 bit_1|4 bit_2|8 bit_3|16 bit_4|32 bit_5|64 bit_6|128 bit_7|256 bit_8|512 bit_9|1024 bit_10|2048 bit_11
    4096 bit_12|8192 bit_13|16384 bit_14|32768 extended
    = IGMPv3_MR_Group.rtype
    1 Mode Is Include|2 Mode Is Exclude|3 Change To Include Mode|4 Change To Exclude Mode|5 Allow New Sources
    6 Block Old Sources
    = IP.flags+
    1 MF|2 DF|4 evil
    = IPOption.optclass IPOption_Address_Extension.optclass IPOption_EOL.optclass IPOption_LSRR.optclass
    = IPOption_MTU_Probe.optclass IPOption_MTU_Reply.optclass IPOption_NOP.optclass IPOption_RR.optclass
    = IPOption_Router_Alert.optclass IPOption_SDBM.optclass IPOption_SSRR.optclass IPOption_Security.optclass
    = IPOption_Stream_Id.optclass IPOption_Timestamp.optclass IPOption_Traceroute.optclass
    0 control|2 debug
    = IPOption.option IPOption_Address_Extension.option IPOption_EOL.option IPOption_LSRR.option
    = IPOption_MTU_Probe.option IPOption_MTU_Reply.option IPOption_NOP.option IPOption_RR.option
    = IPOption_Router_Alert.option IPOption_SDBM.option IPOption_SSRR.option IPOption_Security.option
    = IPOption_Stream_Id.option IPOption_Timestamp.option IPOption_Traceroute.option
    0 end_of_list|1 nop|2 security|3 loose_source_route|4 timestamp|5 extended_security|6 commercial_security
    7 record_route|8 stream_id|9 strict_source_route|10 experimental_measurement|11 mtu_probe|12 mtu_reply
    13 flow_control|14 access_control|15 encode|16 imi_traffic_descriptor|17 extended_IP|18 traceroute
    19 address_extension|20 router_alert|21 selective_directed_broadcast_mode|23 dynamic_packet_state
    24 upstream_multicast_packet|25 quick_start|30 rfc4727_experiment
    = IPOption_Router_Alert.alert
    0 router_shall_examine_packet
    = IPOption_Timestamp.flg
    0 timestamp_only|1 timestamp_and_ip_addr|3 prespecified_ip_addr
    = IPv6.nh IPv6ExtHdrDestOpt.nh IPv6ExtHdrFragment.nh IPv6ExtHdrHopByHop.nh IPv6ExtHdrRouting.nh
    = IPv6ExtHdrSegmentRouting.nh
    0 Hop-by-Hop Option Header|4 IP|6 TCP|17 UDP|41 IPv6|43 Routing Header|44 Fragment Header|47 GRE|50 ESP Header
    51 AH Header|58 ICMPv6|59 No Next Header|60 Destination Option Header|112 VRRP|132 SCTP|135 Mobility Header
    = IPv6ExtHdrSegmentRoutingTLV.type IPv6ExtHdrSegmentRoutingTLVHMAC.type IPv6ExtHdrSegmentRoutingTLVPad1.type
    = IPv6ExtHdrSegmentRoutingTLVPadN.type
    0 Pad1 TLV|1 Ingress Node TLV|2 Egress Node TLV|4 PadN TLV|5 HMAC TLV
    = NTPHeader.leap
    0 no warning|1 last minute of the day has 61 seconds|2 last minute of the day has 59 seconds
    3 unknown (clock unsynchronized)
    = NTPHeader.mode
    0 reserved|1 symmetric active|2 symmetric passive|3 client|4 server|5 broadcast|6 NTP control message
    7 reserved for private use
    = PPP.proto
    1 Padding Protocol|3 ROHC small-CID [RFC3095]|5 ROHC large-CID [RFC3095]|33 Internet Protocol version 4
    35 OSI Network Layer|37 Xerox NS IDP|39 DECnet Phase IV|41 Appletalk|43 Novell IPX
    45 Van Jacobson Compressed TCP/IP|47 Van Jacobson Uncompressed TCP/IP|49 Bridging PDU|51 Stream Protocol (ST-II)
    53 Banyan Vines|55 reserved (until 1993) [Typo in RFC1172]|57 AppleTalk EDDP|59 AppleTalk SmartBuffered
    61 Multi-Link [RFC1717]|63 NETBIOS Framing|65 Cisco Systems|69 Fujitsu Link Backup and Load Balancing (LBLB)
    71 DCA Remote Lan|73 Serial Data Transport Protocol (PPP-SDTP)|75 SNA over 802.2|77 SNA
    79 IPv6 Header Compression|81 KNX Bridging Data [ianp]|83 Encryption [Meyer]
    85 Individual Link Encryption [Meyer]|87 Internet Protocol version 6 [Hinden]|89 PPP Muxing [RFC3153]
    91 Vendor-Specific Network Protocol (VSNP) [RFC3772]|97 RTP IPHC Full Header [RFC3544]
    99 RTP IPHC Compressed TCP [RFC3544]|101 RTP IPHC Compressed Non TCP [RFC3544]
    103 RTP IPHC Compressed UDP 8 [RFC3544]|105 RTP IPHC Compressed RTP 8 [RFC3544]|111 Stampede Bridging
    115 MP+ Protocol [Smith]|125 reserved (Control Escape) [RFC1661]|127 reserved (compression inefficient [RFC1662]
    193 NTCITS IPI [Ungar]|207 reserved (PPP NLID)|251 single link compression in multilink [RFC1962]
    253 compressed datagram [RFC1962]|255 reserved (compression inefficient)|513 802.1d Hello Packets
    515 IBM Source Routing BPDU|517 DEC LANBridge100 Spanning Tree|519 Cisco Discovery Protocol [Sastry]
    523 STP - Scheduled Transfer Protocol [Segal]|525 EDP - Extreme Discovery Protocol [Grosser]
    531 Optical Supervisory Channel Protocol (OSCP)[Prasad]|561 Luxcom|563 Sigma Network Systems
    565 Apple Client Server Protocol [Ridenour]|641 MPLS Unicast [RFC3032]  |643 MPLS Multicast [RFC3032]
    645 IEEE p1284.4 standard - data packets [Batchelder]|647 ETSI TETRA Network Protocol Type 1 [Nieminen]
    8291 RTP IPHC Compressed TCP No Delta [RFC3544]|8293 RTP IPHC Context State [RFC3544]
    8295 RTP IPHC Compressed UDP 16 [RFC3544]|8297 RTP IPHC Compressed RTP 16 [RFC3544]
    16385 Cray Communications Control Protocol [Stage]|16387 CDPD Mobile Network Registration Protocol [Quick]
    16389 Expand accelerator protocol [Rachmani]|16391 ODSICP NCP [Arvind]|16393 DOCSIS DLL [Gaedtke]
    16395 Cetacean Network Detection Protocol [Siller]|16417 Stacker LZS [Simpson]|16419 RefTek Protocol [Banfill]
    16421 Fibre Channel [Rajagopal]|16423 EMIT Protocols [Eastham]|16475 Vendor-Specific Protocol (VSP) [RFC3772]
    32801 Internet Protocol Control Protocol|32803 OSI Network Layer Control Protocol
    32805 Xerox NS IDP Control Protocol|32807 DECnet Phase IV Control Protocol|32809 Appletalk Control Protocol
    32811 Novell IPX Control Protocol|32817 Bridging NCP|32819 Stream Protocol Control Protocol
    32821 Banyan Vines Control Protocol|32823 reserved (until 1993)|32827 reserved|32829 Multi-Link Control Protocol
    32831 NETBIOS Framing Control Protocol|32833 Cisco Systems Control Protocol|32835 Ascom Timeplex
    32837 Fujitsu LBLB Control Protocol|32839 DCA Remote Lan Network Control Protocol (RLNCP)
    32841 Serial Data Control Protocol (PPP-SDCP)|32843 SNA over 802.2 Control Protocol|32845 SNA Control Protocol
    32847 IP6 Header Compression Control Protocol|32849 KNX Bridging Control Protocol [ianp]
    32851 Encryption Control Protocol [Meyer]|32853 Individual Link Encryption Control Protocol [Meyer]
    32855 IPv6 Control Protovol [Hinden]|32857 PPP Muxing Control Protocol [RFC3153]
    32859 Vendor-Specific Network Control Protocol (VSNCP) [RFC3772]|32879 Stampede Bridging Control Protocol
    32881 Reserved [Fox]|32883 MP+ Control Protocol [Smith]|32899 Reserved Until 20-Oct-2000 [IANA]
    32961 NTCITS IPI Control Protocol [Ungar]|33019 single link compression in multilink control [RFC1962]
    33021 Compression Control Protocol [RFC1962]|33023 Not Used - reserved [RFC1661]
    33287 Cisco Discovery Protocol Control [Sastry]|33289 Netcs Twin Routing [Korfmacher]
    33291 STP - Control Protocol [Segal]|33293 EDPCP - Extreme Discovery Protocol Ctrl Prtcl [Grosser]
    33333 Apple Client Server Protocol Control [Ridenour]|33409 MPLSCP [RFC3032]
    33413 IEEE p1284.4 standard - Protocol Control [Batchelder]|33415 ETSI TETRA TNP1 Control Protocol [Nieminen]
    33417 Multichannel Flow Treatment Protocol [McCann]|49185 Link Control Protocol
    49187 Password Authentication Protocol|49189 Link Quality Report|49191 Shiva Password Authentication Protocol
    49193 CallBack Control Protocol (CBCP)|49195 BACP Bandwidth Allocation Control Protocol [RFC2125]
    49197 BAP [RFC2125]|49243 Vendor-Specific Authentication Protocol (VSAP) [RFC3772]
    49281 Container Control Protocol [KEN]|49699 Challenge Handshake Authentication Protocol
    49701 RSA Authentication Protocol [Narayana]|49703 Extensible Authentication Protocol [RFC2284]
    49705 Mitsubishi Security Info Exch Ptcl (SIEP) [Seno]|49775 Stampede Bridging Authorization Protocol
    49793 Proprietary Authentication Protocol [KEN]|49795 Proprietary Authentication Protocol [Tackabury]
    50305 Proprietary Node ID Authentication Protocol [KEN]
    = PPPoE.code
    0 Session
    = PPPoED.code
    0 PPP Session Stage|7 PPPoE Active Discovery Offer (PADO)|9 PPPoE Active Discovery Initiation (PADI)
    10 PPPoE Active Discovery Session-Grant (PADG)|11 PPPoE Active Discovery Session-Credit Response (PADC)
    12 PPPoE Active Discovery Quality (PADQ)|25 PPPoE Active Discovery Request (PADR)
    101 PPPoE Active Discovery Session-confirmation (PADS)|167 PPPoE Active Discovery Terminate (PADT)
    = QUIC_0RTT.HeaderForm QUIC_1RTT.HeaderForm QUIC_Handshake.HeaderForm QUIC_Initial.HeaderForm QUIC_Retry.HeaderForm
    = QUIC_Version.HeaderForm
    0 Short|1 Long
    = QUIC_0RTT.LongPacketType QUIC_Handshake.LongPacketType QUIC_Initial.LongPacketType QUIC_Retry.LongPacketType
    0 Initial|1 0-RTT|2 Handshake|3 Retry
    = RouterAlert.value
    0 Datagram contains a MLD message|1 Datagram contains RSVP message|2 Datagram contains an Active Network message
    68 NSIS NATFW NSLP|69 MPLS OAM|65535 Reserved
    = SCTP.sport SCTP.dport
    5672 amqp
    = SCTPChunkAbort.type SCTPChunkCookieAck.type SCTPChunkCookieEcho.type SCTPChunkData.type SCTPChunkError.type
    = SCTPChunkHeartbeatAck.type SCTPChunkHeartbeatReq.type SCTPChunkInit.type SCTPChunkInitAck.type SCTPChunkSACK.type
    = SCTPChunkShutdown.type SCTPChunkShutdownAck.type SCTPChunkShutdownComplete.type
    0 data|1 init|2 init-ack|3 sack|4 heartbeat-req|5 heartbeat-ack|6 abort|7 shutdown|8 shutdown-ack|9 error
    10 cookie-echo|11 cookie-ack|14 shutdown-complete|15 authentication|64 i-data|128 address-configuration-ack
    130 re-config|132 pad|192 forward-tsn|193 address-configuration|194 i-forward-tsn
    = SCTPChunkData.proto_id
    0 Reserved|1 IUA|2 M2UA|3 M3UA|4 SUA|5 M2PA|6 V5UA|7 H.248|8 BICC/Q.2150.3|9 TALI|10 DUA|11 ASAP|12 ENRP|13 H.323
    14 Q.IPC/Q.2150.3|15 SIMCO|16 DDP Segment Chunk|17 DDP Stream Session Control|18 S1AP|19 RUA|20 HNBAP
    21 ForCES-HP|22 ForCES-MP|23 ForCES-LP|24 SBc-AP|25 NBAP|27 X2AP|28 IRCP|29 LCS-AP|30 MPICH2|31 SABP|32 FGP
    33 PPP|34 CALCAPP|35 SSP|36 NPMP-CONTROL|37 NPMP-DATA|38 ECHO|39 DISCARD|40 DAYTIME|41 CHARGEN|42 3GPP RNA
    43 3GPP M2AP|44 3GPP M3AP|45 SSH/SCTP|46 Diameter/SCTP|47 Diameter/DTLS/SCTP|48 R14P|49 Unassigned|50 WebRTC DCEP
    51 WebRTC String|52 WebRTC Binary Partial|53 WebRTC Binary|54 WebRTC String Partial|55 3GPP PUA
    56 WebRTC String Empty|57 WebRTC Binary Empty
    = SCTPChunkParamAdaptationLayer.type SCTPChunkParamCookiePreservative.type SCTPChunkParamECNCapable.type
    = SCTPChunkParamFwdTSN.type SCTPChunkParamHeartbeatInfo.type SCTPChunkParamHostname.type
    = SCTPChunkParamIPv4Addr.type SCTPChunkParamIPv6Addr.type SCTPChunkParamStateCookie.type
    = SCTPChunkParamSupportedAddrTypes.type SCTPChunkParamSupportedExtensions.type SCTPChunkParamUnrocognizedParam.type
    1 heartbeat-info|5 IPv4|6 IPv6|7 state-cookie|8 unrecognized-param|9 cookie-preservative|11 hostname|12 addrtypes
    13 out-ssn-reset-req|14 in-ssn-reset-req|15 ssn-tsn-reset-req|16 re-configuration-response
    17 add-outgoing-stream-req|18 add-incoming-stream-req|32768 ecn-capable|32770 random|32771 chunk-list
    32772 requested-HMAC-functions|32776 supported-extensions|49152 fwd-tsn-supported|49153 add-IP|49154 del-IP
    49155 error-indication|49156 set-primary-addr|49157 success-indication|49158 adaptation-layer
    = ServerName.nametype
    0 host_name
    = TCP.sport TCP.dport
    1 tcpmux|7 echo|9 discard|11 systat|13 daytime|15 netstat|17 qotd|19 chargen|20 ftp_data|21 ftp|22 ssh|23 telnet
    25 smtp|37 time|43 whois|49 tacacs|53 domain|70 gopher|79 finger|80 http|88 kerberos|102 iso_tsap|104 acr_nema
    106 poppassd|110 pop3|111 sunrpc|113 auth|119 nntp|135 epmap|139 netbios_ssn|143 imap2|161 snmp|162 snmp_trap
    163 cmip_man|164 cmip_agent|174 mailq|179 bgp|199 smux|209 qmtp|210 z3950|345 pawserv|346 zserv|369 rpc2portmap
    370 codaauth2|389 ldap|427 svrloc|443 https|444 snpp|445 microsoft_ds|464 kpasswd|465 submissions|487 saft
    512 exec|513 login|514 shell|515 printer|538 gdomap|540 uucp|543 klogin|544 kshell|548 afpovertcp|554 rtsp
    563 nntps|587 submission|607 nqs|628 qmqp|631 ipp|636 ldaps|646 ldp|655 tinc|706 silc|749 kerberos_adm
    750 kerberos4|751 kerberos_master|754 krb_prop|775 moira_db|777 moira_update|783 spamd|853 domain_s
    871 supfilesrv|873 rsync|989 ftps_data|990 ftps|992 telnets|993 imaps|995 pop3s|1080 socks|1093 proofd|1094 rootd
    1099 rmiregistry|1127 supfiledbg|1178 skkserv|1194 openvpn|1236 rmtcfg|1313 xtel|1314 xtelw|1352 lotusnote
    1433 ms_sql_s|1524 ingreslock|1645 datametrics|1646 sa_msg_port|1649 kermit|1677 groupwise|1812 radius
    1813 radius_acct|2000 cisco_sccp|2049 nfs|2086 gnunet|2101 rtcm_sc104|2119 gsigatekeeper|2121 iprop|2135 gris
    2401 cvspserver|2430 venus|2431 venus_se|2432 codasrv|2433 codasrv_se|2583 mon|2600 zebrasrv|2601 zebra|2602 ripd
    2603 ripngd|2604 ospfd|2605 bgpd|2606 ospf6d|2607 ospfapi|2608 isisd|2628 dict|2792 f5_globalsite|2811 gsiftp
    2947 gpsd|3050 gds_db|3205 isns|3260 iscsi_target|3306 mysql|3389 ms_wbt_server|3493 nut|3632 distcc|3689 daap
    3690 svn|4031 suucp|4094 sysrqd|4190 sieve|4353 f5_iquery|4369 epmd|4373 remctl|4460 ntske|4557 fax|4559 hylafax
    4691 mtn|4899 radmin_port|4949 munin|5060 sip|5061 sip_tls|5222 xmpp_client|5269 xmpp_server|5308 cfengine
    5432 postgresql|5556 freeciv|5666 nrpe|5667 nsca|5671 amqps|5672 amqp|5680 canna|6000 x11|6001 x11_1|6002 x11_2
    6003 x11_3|6004 x11_4|6005 x11_5|6006 x11_6|6007 x11_7|6346 gnutella_svc|6347 gnutella_rtr|6379 redis
    6444 sge_qmaster|6445 sge_execd|6446 mysql_proxy|6514 syslog_tls|6566 sane_port|6667 ircd|6697 ircs_u|7000 bbs
    7100 font_service|8021 zope_ftp|8080 http_alt|8081 tproxy|8088 omniorb|8140 puppet|8990 clc_build_daemon
    9098 xinetd|9101 bacula_dir|9102 bacula_fd|9103 bacula_sd|9418 git|9667 xmms2|9673 zope|10000 webmin
    10050 zabbix_agent|10051 zabbix_trapper|10080 amanda|10081 kamanda|10082 amandaidx|10083 amidxtape|10809 nbd
    11112 dicom|11371 hkp|17004 sgi_cad|17500 db_lsp|22125 dcap|22128 gsidcap|22273 wnn6|24554 binkp|27374 asp
    30865 csync2|57000 dircproxy|60177 tfido|60179 fido
    = TCP.flags+
    1 F|2 S|4 R|8 P|16 A|32 U|64 E|128 C|256 N
    = TLS.type
    20 change_cipher_spec|21 alert|22 handshake|23 application_data
    = TLS.version TLSClientHello.version
    512 SSLv2|768 SSLv3|769 TLS 1.0|770 TLS 1.1|771 TLS 1.2|772 TLS 1.3|32530 TLS 1.3-d18|32531 TLS 1.3-d19
    = TLSClientHello.msgtype
    0 hello_request|1 client_hello|2 server_hello|3 hello_verify_request|4 session_ticket|6 hello_retry_request
    8 encrypted_extensions|11 certificate|12 server_key_exchange|13 certificate_request|14 server_hello_done
    15 certificate_verify|16 client_key_exchange|20 finished|21 certificate_url|22 certificate_status
    23 supplemental_data|24 key_update
    = TLS_Ext_ALPN.type TLS_Ext_ServerName.type TLS_Ext_Unknown.type
    0 server_name|1 max_fragment_length|2 client_certificate_url|3 trusted_ca_keys|4 truncated_hmac|5 status_request
    6 user_mapping|7 client_authz|8 server_authz|9 cert_type|10 supported_groups|11 ec_point_formats
    13 signature_algorithms|15 heartbeat|16 alpn|18 signed_certificate_timestamp|19 client_certificate_type
    20 server_certificate_type|21 padding|22 encrypt_then_mac|23 extended_master_secret|28 record_size_limit
    35 session_ticket|41 pre_shared_key|42 early_data_indication|43 supported_versions|44 cookie
    45 psk_key_exchange_modes|47 certificate_authorities|48 oid_filters|49 post_handshake_auth
    50 signature_algorithms_cert|51 key_share|57 quic_transport_parameters|13172 next_protocol_negotiation
    65281 renegotiation_info|65486 encrypted_server_name
    = UDP.sport UDP.dport
    7 echo|9 discard|13 daytime|19 chargen|21 fsp|37 time|49 tacacs|53 domain|67 bootps|68 bootpc|69 tftp|88 kerberos
    111 sunrpc|123 ntp|137 netbios_ns|138 netbios_dgm|161 snmp|162 snmp_trap|163 cmip_man|164 cmip_agent|177 xdmcp
    213 ipx|319 ptp_event|320 ptp_general|369 rpc2portmap|370 codaauth2|371 clearcase|389 ldap|427 svrloc|443 https
    464 kpasswd|500 isakmp|512 biff|513 who|514 syslog|517 talk|518 ntalk|520 route|538 gdomap|546 dhcpv6_client
    547 dhcpv6_server|554 rtsp|623 asf_rmcp|636 ldaps|646 ldp|655 tinc|750 kerberos4|751 kerberos_master
    752 passwd_server|779 moira_ureg|853 domain_s|1194 openvpn|1210 predict|1434 ms_sql_m|1645 datametrics
    1646 sa_msg_port|1701 l2f|1812 radius|1813 radius_acct|2049 nfs|2086 gnunet|2101 rtcm_sc104|2102 zephyr_srv
    2103 zephyr_clt|2104 zephyr_hm|2430 venus|2431 venus_se|2432 codasrv|2433 codasrv_se|2583 mon|3130 icpv2
    3205 isns|3493 nut|4500 ipsec_nat_t|4569 iax|5060 sip|5061 sip_tls|5353 mdns|5555 rplay|6346 gnutella_svc
    6347 gnutella_rtr|6696 babel|7000 afs3_fileserver|7001 afs3_callback|7002 afs3_prserver|7003 afs3_vlserver
    7004 afs3_kaserver|7005 afs3_volser|7007 afs3_bos|7008 afs3_update|7009 afs3_rmtsys|17001 sgi_cmsd|17002 sgi_crsd
    17003 sgi_gcd|27374 asp
    = VXLAN.flags+
    1 OAM|4 NextProtocol|8 Instance|16 V1|32 V2|128 G
    = VXLAN.NextProtocol
    0 NotDefined|1 IPv4|2 IPv6|3 Ethernet|4 NSH
    = VXLAN.gpflags+
    8 A|64 D
    = Wireguard.message_type
    1 initiate|2 respond|3 cookie reply|4 transport
    """
}
