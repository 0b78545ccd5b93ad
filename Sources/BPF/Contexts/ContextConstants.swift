/// A family of constants that a context's field is given by.
enum ContextConstants: CaseIterable, Hashable, Sendable {
  case addressFamily, ipProtocol, etherType, netfilterHook, netfilterFamily, packetType, flowFlags

  /// Names and values.
  var all: [(name: String, value: Int128)] {
    switch self {
    // linux/socket.h
    case .addressFamily: [("AF_UNSPEC", 0), ("AF_UNIX", 1), ("AF_INET", 2), ("AF_INET6", 10)]
    // linux/in.h
    case .ipProtocol:
      [
        ("IPPROTO_IP", 0), ("IPPROTO_ICMP", 1), ("IPPROTO_IPIP", 4), ("IPPROTO_TCP", 6), ("IPPROTO_UDP", 17),
        ("IPPROTO_IPV6", 41), ("IPPROTO_FRAGMENT", 44), ("IPPROTO_GRE", 47), ("IPPROTO_ESP", 50), ("IPPROTO_AH", 51),
        ("IPPROTO_ICMPV6", 58), ("IPPROTO_SCTP", 132), ("IPPROTO_UDPLITE", 136), ("IPPROTO_MPLS", 137),
      ]
    // linux/if_ether.h
    case .etherType:
      [
        ("ETH_P_IP", 0x0800), ("ETH_P_ARP", 0x0806), ("ETH_P_TEB", 0x6558), ("ETH_P_8021Q", 0x8100),
        ("ETH_P_IPV6", 0x86dd), ("ETH_P_MPLS_UC", 0x8847), ("ETH_P_8021AD", 0x88a8),
      ]
    // linux/netfilter.h
    case .netfilterHook:
      [
        ("NF_INET_PRE_ROUTING", 0), ("NF_INET_LOCAL_IN", 1), ("NF_INET_FORWARD", 2), ("NF_INET_LOCAL_OUT", 3),
        ("NF_INET_POST_ROUTING", 4),
      ]
    // linux/netfilter.h
    case .netfilterFamily: [("NFPROTO_UNSPEC", 0), ("NFPROTO_INET", 1), ("NFPROTO_IPV4", 2), ("NFPROTO_IPV6", 10)]
    // linux/if_packet.h
    case .packetType:
      [("PACKET_HOST", 0), ("PACKET_BROADCAST", 1), ("PACKET_MULTICAST", 2), ("PACKET_OTHERHOST", 3)]
    // linux/bpf.h
    case .flowFlags:
      [
        ("BPF_FLOW_DISSECTOR_F_PARSE_1ST_FRAG", 1), ("BPF_FLOW_DISSECTOR_F_STOP_AT_FLOW_LABEL", 2),
        ("BPF_FLOW_DISSECTOR_F_STOP_AT_ENCAP", 4),
      ]
    }
  }
}

/// Makes BTF of a layout's fields.
enum ContextTypes {
  static func structure(_ name: String, size: Int, _ fields: [ContextLayout.Field]) -> BTFType {
    var records = [BTFRecord(name: "", size: 0, kind: .void)]
    func add(_ record: BTFRecord) -> UInt32 {
      records.append(record)
      return UInt32(records.count - 1)
    }
    func integer(_ bytes: Int) -> UInt32 {
      add(
        BTFRecord(
          name: "__u\(bytes * 8)", size: bytes,
          kind: .integer(bits: bytes * 8, offset: 0, signed: false, char: false, bool: false)))
    }
    let members = fields.map { field -> BTFMember in
      var type: UInt32
      // An enum is told by name in messages; one in network order can't be, and its names are looked up (`BTFCodec`).
      if let constants = field.constants {
        let values = constants.all.map { BTFEnumerator(name: $0.name, value: $0.value) }
        type = add(BTFRecord(name: field.name, size: field.size, kind: .enumeration(values, signed: false)))
        if field.isBigEndian { type = integer(field.size) }
      } else {
        type = integer(field.size)
      }
      if field.isBigEndian {
        type = add(BTFRecord(name: "__be\(field.size * 8)", size: field.size, kind: .typedef(type)))
      }
      if field.count > 1 {
        type = add(BTFRecord(name: "", size: 0, kind: .array(element: type, count: field.count)))
      }
      return BTFMember(name: field.name, type: type, bitOffset: field.offset * 8, bitFieldSize: 0)
    }
    let id = add(BTFRecord(name: name, size: size, kind: .structure(members)))
    return BTFType(btf: BTF(records: records), id: id)
  }
}
