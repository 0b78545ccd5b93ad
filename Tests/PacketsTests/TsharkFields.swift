import Foundation

/// Which field of tshark is which field of ours, and what both say of frames.
enum TsharkFields {
  struct Row: Sendable {
    var tshark: String
    var layers: [String]
    /// The first of these that the layer has.
    var field: String
    /// Ours in units of so many of tshark's: a header length in words.
    var scale: UInt64 = 1
    /// tshark has an item for each byte order.
    var isTwice = false

    init(
      _ tshark: String, _ layers: String, _ field: String, scale: UInt64 = 1, isTwice: Bool = false
    ) {
      self.tshark = tshark
      self.layers = layers.split(separator: " ").map(String.init)
      (self.field, self.scale, self.isTwice) = (field, scale, isTwice)
    }
  }

  private static let icmpv6 = """
    ICMPv6EchoRequest ICMPv6EchoReply ICMPv6ND_RS ICMPv6ND_RA ICMPv6ND_NS ICMPv6ND_NA ICMPv6DestUnreach \
    ICMPv6PacketTooBig
    """

  static let rows: [Row] = [
    Row("eth.dst", "Ether Dot3", "dst"), Row("eth.src", "Ether Dot3", "src"), Row("eth.type", "Ether", "type"),
    Row("eth.len", "Dot3", "len"), Row("llc.dsap", "LLC", "dsap"), Row("llc.ssap", "LLC", "ssap"),
    Row("vlan.id", "Dot1Q", "vlan"), Row("vlan.priority", "Dot1Q", "prio"), Row("vlan.dei", "Dot1Q", "dei"),
    Row("vlan.etype", "Dot1Q", "type"), Row("ieee8021ad.id", "Dot1AD", "vlan"),
    Row("mpls.label", "MPLS", "label"), Row("mpls.exp", "MPLS", "cos"), Row("mpls.bottom", "MPLS", "s"),
    Row("mpls.ttl", "MPLS", "ttl"), Row("pppoe.session_id", "PPPoE", "sessionid"), Row("ppp.protocol", "PPP", "proto"),
    Row("arp.hw.type", "ARP", "hwtype"), Row("arp.proto.type", "ARP", "ptype"), Row("arp.hw.size", "ARP", "hwlen"),
    Row("arp.proto.size", "ARP", "plen"), Row("arp.opcode", "ARP", "op"), Row("arp.src.hw_mac", "ARP", "hwsrc"),
    Row("arp.src.proto_ipv4", "ARP", "psrc"), Row("arp.dst.hw_mac", "ARP", "hwdst"),
    Row("arp.dst.proto_ipv4", "ARP", "pdst"),
    Row("ip.version", "IP IPv6", "version"), Row("ip.hdr_len", "IP", "ihl", scale: 4), Row("ip.dsfield", "IP", "tos"),
    Row("ip.len", "IP", "len"), Row("ip.id", "IP", "id"), Row("ip.flags", "IP", "flags"),
    Row("ip.frag_offset", "IP", "frag"), Row("ip.ttl", "IP", "ttl"), Row("ip.proto", "IP", "proto"),
    Row("ip.checksum", "IP", "chksum"), Row("ip.src", "IP", "src"), Row("ip.dst", "IP", "dst"),
    Row("ipv6.version", "IPv6", "version"), Row("ipv6.tclass", "IPv6", "tc"), Row("ipv6.flow", "IPv6", "fl"),
    Row("ipv6.plen", "IPv6", "plen"), Row("ipv6.nxt", "IPv6", "nh"), Row("ipv6.hlim", "IPv6", "hlim"),
    Row("ipv6.src", "IPv6", "src"), Row("ipv6.dst", "IPv6", "dst"),
    Row("ipv6.fraghdr.nxt", "IPv6ExtHdrFragment", "nh"), Row("ipv6.fraghdr.more", "IPv6ExtHdrFragment", "m"),
    Row("ipv6.fraghdr.offset", "IPv6ExtHdrFragment", "offset"),
    Row("ipv6.fraghdr.ident", "IPv6ExtHdrFragment", "id"), Row("ipv6.hopopts.nxt", "IPv6ExtHdrHopByHop", "nh"),
    Row("ipv6.dstopts.nxt", "IPv6ExtHdrDestOpt", "nh"),
    Row("ipv6.routing.segleft", "IPv6ExtHdrSegmentRouting", "segleft"),
    Row("ipv6.routing.type", "IPv6ExtHdrSegmentRouting", "type"),
    Row("tcp.srcport", "TCP", "sport"), Row("tcp.dstport", "TCP", "dport"), Row("tcp.seq_raw", "TCP", "seq"),
    Row("tcp.ack_raw", "TCP", "ack"), Row("tcp.hdr_len", "TCP", "dataofs", scale: 4), Row("tcp.flags", "TCP", "flags"),
    Row("tcp.window_size_value", "TCP", "window"), Row("tcp.checksum", "TCP", "chksum"),
    Row("tcp.urgent_pointer", "TCP", "urgptr"), Row("tcp.options", "TCP", "options"), Row("tcp.payload", "TCP", "*"),
    Row("udp.srcport", "UDP", "sport"), Row("udp.dstport", "UDP", "dport"), Row("udp.length", "UDP", "len"),
    Row("udp.checksum", "UDP", "chksum"), Row("udp.payload", "UDP", "*"),
    Row("icmp.type", "ICMP", "type"), Row("icmp.code", "ICMP", "code"), Row("icmp.checksum", "ICMP", "chksum"),
    Row("icmp.ident", "ICMP", "id", isTwice: true), Row("icmp.seq", "ICMP", "seq"),
    Row("icmpv6.type", icmpv6 + " ICMPv6MLReport2", "type"),
    Row("icmpv6.code", icmpv6 + " ICMPv6MLReport2", "code res"),
    Row("icmpv6.checksum", icmpv6 + " ICMPv6MLReport2", "cksum"),
    Row("icmpv6.echo.identifier", "ICMPv6EchoRequest ICMPv6EchoReply", "id"),
    Row("icmpv6.echo.sequence_number", "ICMPv6EchoRequest ICMPv6EchoReply", "seq"),
    Row("icmpv6.nd.ns.target_address", "ICMPv6ND_NS", "tgt"), Row("icmpv6.nd.na.target_address", "ICMPv6ND_NA", "tgt"),
    Row("icmpv6.nd.na.flag.s", "ICMPv6ND_NA", "S"),
    Row("icmpv6.nd.ra.router_lifetime", "ICMPv6ND_RA", "routerlifetime"),
    Row("icmpv6.opt.linkaddr", "ICMPv6NDOptSrcLLAddr ICMPv6NDOptDstLLAddr", "lladdr"),
    Row("icmpv6.opt.prefix", "ICMPv6NDOptPrefixInfo", "prefix"), Row("icmpv6.opt.mtu", "ICMPv6NDOptMTU", "mtu"),
    Row("icmpv6.mtu", "ICMPv6PacketTooBig", "mtu"),
    Row("igmp.type", "IGMP IGMPv3_MR", "type"), Row("igmp.checksum", "IGMP IGMPv3_MR", "chksum"),
    Row("dns.id", "DNS", "id"), Row("dns.flags.response", "DNS", "qr"), Row("dns.flags.recdesired", "DNS", "rd"),
    Row("dns.count.queries", "DNS", "qdcount"), Row("dns.count.answers", "DNS", "ancount"),
    Row("gre.proto", "GRE", "proto"), Row("gre.key", "GRE", "key"),
    Row("gre.sequence_number", "GRE", "sequence_number"),
    Row("erspan.spanid", "ERSPAN_II", "session_id"), Row("vxlan.vni", "VXLAN", "vni"),
    Row("geneve.vni", "GENEVE", "vni"),
    Row("gtp.message", "GTP_U_Header", "gtp_type"), Row("gtp.length", "GTP_U_Header", "length"),
    Row("gtp.teid", "GTP_U_Header", "teid"),
    Row("sctp.srcport", "SCTP", "sport"), Row("sctp.dstport", "SCTP", "dport"),
    Row("sctp.verification_tag", "SCTP", "tag"), Row("sctp.checksum", "SCTP", "chksum"),
    Row("sctp.init_credit", "SCTPChunkInit", "a_rwnd"), Row("sctp.data_tsn_raw", "SCTPChunkData", "tsn"),
    Row("ah.spi", "AH", "spi"), Row("ah.sequence", "AH", "seq"), Row("esp.spi", "ESP", "spi"),
    Row("esp.sequence", "ESP", "seq"), Row("ntp.stratum", "NTPHeader", "stratum"), Row("dhcp.type", "BOOTP", "op"),
    Row("dhcp.id", "BOOTP", "xid"), Row("wg.receiver", "WireguardTransport", "receiver_index"),
    Row("wg.counter", "WireguardTransport", "counter"),
  ]

  /// What makes tshark say the fields of each frame for itself: nothing is put together from several frames.
  static func arguments(_ capture: String) -> [String] {
    let preferences = [
      "ip.defragment:FALSE", "ipv6.defragment:FALSE", "tcp.desegment_tcp_streams:FALSE",
    ]
    return ["-n", "-r", capture, "-T", "json"] + preferences.flatMap { ["-o", $0] }
      + rows.flatMap { ["-e", $0.tshark] }
  }

  /// How often each row was compared, and what was not the same.
  struct Comparison {
    var counts: [String: Int] = [:]
    var differences: [String] = []
  }

  /// Compares `bpftest packet show --format json` with `tshark -T json`, frame by frame.
  static func compare(ours: Data, theirs: Data) throws -> Comparison {
    let ours = try JSONDecoder().decode([OurFrame].self, from: ours)
    let theirs = try JSONDecoder().decode([TheirFrame].self, from: theirs)
    var result = Comparison()
    if ours.count != theirs.count { result.differences.append("\(ours.count) frames, tshark has \(theirs.count)") }
    for (our, their) in zip(ours, theirs) {
      for row in rows {
        var wanted = (their._source.layers[row.tshark] ?? []).map(number)
        if row.isTwice { wanted = stride(from: 0, to: wanted.count, by: 2).map { wanted[$0] } }
        let seen = our.values(row)
        result.counts[row.tshark, default: 0] += seen.count
        if seen != wanted {
          result.differences.append(
            "frame \(our.number), \(row.tshark): tshark \(wanted), bpftest \(seen): \(our.expression)")
        }
      }
    }
    return result
  }

  /// Numbers in decimal, bytes without colons, the rest as it is.
  private static func number(_ text: String) -> String {
    if text.hasPrefix("0x"), let number = UInt64(text.dropFirst(2), radix: 16) { return String(number) }
    switch text {
    case "True": return "1"
    case "False": return "0"
    default: return text
    }
  }

  private struct TheirFrame: Decodable {
    struct Source: Decodable { var layers: [String: [String]] }
    var _source: Source
  }

  private struct OurFrame: Decodable {
    struct Layer: Decodable {
      var layer: String
      var offset: Int
      var length: Int
      var fields: [String: Field]
    }
    struct Field: Decodable { var value: Value }
    enum Value: Decodable {
      case number(UInt64)
      case text(String)

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(UInt64.self) {
          self = .number(number)
        } else {
          self = .text(try container.decode(String.self))
        }
      }
    }
    var number: Int
    var hex: String
    var expression: String
    var layers: [Layer]

    /// The values of a field in all layers that have it, outermost first. `*` is what a layer carries.
    func values(_ row: Row) -> [String] {
      layers.compactMap { layer in
        guard row.layers.contains(String(layer.layer.prefix { $0 != "[" })) else { return nil }
        if row.field == "*" {
          let end = layers.first { $0.layer.hasPrefix("Padding") }?.offset ?? hex.utf8.count / 2
          let carried = hex.utf8.dropFirst(2 * (layer.offset + layer.length)).prefix(
            2 * (end - layer.offset - layer.length))
          return carried.isEmpty ? nil : String(carried)
        }
        let field = row.field.split(separator: " ").lazy.compactMap { layer.fields[String($0)] }.first
        switch field?.value {
        case .number(let number)?: return String(number * row.scale)
        case .text(let text)?: return text.isEmpty ? nil : text
        case nil: return nil
        }
      }
    }
  }
}
