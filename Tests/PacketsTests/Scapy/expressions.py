"""Writes expressions: the fixed list below, then random ones from a seed.

Usage: expressions.py COUNT SEED
"""

import random
import sys

FIXED = r'''
Ether()
Ether()/IP()
Ether()/IP()/TCP()
Ether()/IP()/UDP()
Ether()/IP()/ICMP()
Ether()/IPv6()/TCP()
Ether()/IPv6()/UDP()
Ether()/IPv6()/ICMPv6EchoRequest()
Ether()/IPv6()/ICMPv6EchoReply(id=7, seq=9, data="pong")
Ether()/IPv6()/ICMPv6PacketTooBig(mtu=1400)/IPv6(src="2001:db8::1", dst="2001:db8::2")/UDP()
Ether()/IPv6()/ICMPv6DestUnreach(code=4)/IPv6()/UDP()/Raw("q")
Ether()/IPv6()/ICMPv6TimeExceeded()/IPv6()/TCP()
Ether()/IPv6()/ICMPv6ParamProblem(ptr=40)/IPv6()
Ether()/IPv6()/ICMPv6Unknown(type=200, msgbody=b"\x01\x02\x03")
Ether()/Dot1Q(vlan=5)/IP()/UDP()
Ether()/Dot1AD(vlan=100)/Dot1Q(vlan=5, prio=7, dei=1)/IPv6()/UDP()
Ether()/Dot1Q()/Dot1Q()/ARP()
Ether()/Dot1Q()/Raw("x")
Ether()/ARP(op="is-at", hwsrc="02:00:00:00:00:01", psrc="10.0.0.1", pdst="10.0.0.2")
Ether()/ARP(op=2, hwsrc="02:00:00:00:00:01", psrc="10.0.0.1", hwdst="02:00:00:00:00:02", pdst="10.0.0.2")/Padding(b"\x00"*18)
Ether(dst="01:02:03:04:05:06", src="0a:0b:0c:0d:0e:0f", type=0x1234)/Raw("hello")
Ether()/IP(dst="10.0.0.1", ttl=3)/TCP(dport=443, flags="SA", options=[("MSS", 1460)])/Raw(b"\x00\x01")
IP()/TCP(options=[("MSS", 1460), ("NOP", None), ("WScale", 7), ("SAckOK", b""), ("Timestamp", (123456, 0))])
IP()/TCP(options=[("SAck", (1, 2, 3, 4)), ("EOL", None)])
IP()/TCP(options=[(254, b"\x01\x02"), (1, b""), ("UTO", 30), ("AltChkSum", (1, 2)), ("AltChkSumOpt", b"ab")])
IP()/TCP(options=[("MD5", b"0123456789abcdef"), ("TFO", (1, 2))])
IP()/TCP(options=[("MD5", b"short"), ("MSS", b"\x01")])
IP()/TCP(flags="FSRPAUECN", reserved=5, urgptr=9, window=0, seq=0xffffffff, ack=1)
IP()/TCP(flags=0x1ff)
IP()/TCP(flags="")
IP()/TCP(dataofs=8, chksum=0x1234)/Raw("x"*11)
IP()/TCP(sport="http", dport="https")
IP(ihl=7, len=20, chksum=0)/UDP()
IP(version=5, tos=0xb8, id=0x1234, flags="MF+DF", frag=100, proto="gre")/Raw("x")
IP(flags="evil")/UDP(len=4)/Raw("abc")
IP(len=100)/UDP()/Raw("abc")
IP(len=10)/TCP()/Raw("abc")
IP(len=100, ihl=6)/UDP()/Raw("abc")
IP(src="1.2.3.4", dst="5.6.7.8")/UDP(sport=0, dport=0xffff, chksum=0)/Raw("abc")
IP(src="0.0.0.0", dst="0.0.0.0")/UDP(sport=0xffda, dport=0)
IP(src="0.0.0.0", dst="0.0.0.0")/UDP(sport=0xffec, dport=0, len=0)
IP()/IP()/IP()/UDP()
IP()/IPv6()/TCP()
IPv6()/IP()/UDP()
IPv6()/IPv6()/TCP()/Raw("six")
IPv6(tc=0xff, fl=0xfffff, hlim=1, nh=99, plen=5)/Raw("x")
IP()/ICMP(type="echo-reply", id=1, seq=2)/Raw("data")
IP()/ICMP(type=3, code=4, nexthopmtu=1400)/IP(src="1.1.1.1")/UDP()
IP()/ICMP(type="dest-unreach", code="fragmentation-needed", nexthopmtu=1400)/IP()/UDP()
IP()/ICMP(code="fragmentation-needed")
IP()/ICMP(type="redirect", code="TOS-host-redirect")/IP()
IP()/ICMP(type=11, code="ttl-zero-during-reassembly")/IP()
IPv6()/ICMPv6DestUnreach(code="Port unreachable")/IPv6()
IPv6()/ICMPv6ParamProblem(code="unrecognized Next Header type encountered")/IPv6()
IPv6()/ICMPv6ND_RA(prf="High")
IP(proto="ospf")/Raw("x")
IPv6(nh="Hop-by-Hop Option Header")/Raw("x")
Ether(type="LLDP")/Raw("x")
Ether()/ARP(hwtype="Ethernet (10Mb)", ptype="IPv4", op="RARP-req")
IP()/UDP()/BOOTP(flags="B", htype="Ethernet (10Mb)")
IP()/SCTP()/SCTPChunkData(proto_id="M3UA", data="x")
IP()/UDP()/GTP_U_Header(gtp_type="echo_request")
IP()/ICMP(type=5, gw="10.1.2.3")/IP()/TCP()
IP()/ICMP(type=11)/IPerror()/UDPerror()
IP()/ICMP(type=12, ptr=7, length=3, unused=0x1234)/IP()
IP()/ICMP(type=13, id=3, ts_ori=1, ts_rx=2, ts_tx=3)
IP()/ICMP(type=17, addr_mask="255.255.255.0")
IP()/ICMP(type=18)
IP()/ICMP(type=9, unused=0x01020304)
IP()/ICMP(type=30)
IP()/ICMP(type=15)
IP()/ICMP(type=37)
IP()/ICMP(type=40, code=2)/Raw("z")
IP(options=[IPOption_NOP()])/UDP()
IP(options=[IPOption_RR(routers=["1.2.3.4", "5.6.7.8"], pointer=8)])/UDP()
IP(options=[IPOption_LSRR(routers=["1.2.3.4", "5.6.7.8"])])/UDP()/Raw("sr")
IP(options=[IPOption_SSRR(routers=["9.9.9.9"]), IPOption_NOP()])/TCP()
IP(options=[IPOption_SSRR(routers=["9.9.9.9"]), IPOption_LSRR(routers=["1.1.1.1"])])/TCP()
IP(options=[IPOption_Router_Alert()])/ICMP()
IP(options=[IPOption_Timestamp(timestamp=5)])/UDP()
IP(options=[IPOption_Timestamp(flg=0, timestamp=5, oflw=3)])/UDP()
IP(options=[IPOption_Traceroute(id=1, originator_ip="1.2.3.4"), IPOption_EOL()])/UDP()
IP(options=[IPOption_Security()])/UDP()
IP(options=[IPOption_Stream_Id(security=7), IPOption_MTU_Probe(mtu=1500), IPOption_MTU_Reply(mtu=9000)])/UDP()
IP(options=[IPOption_Address_Extension(src_ext="1.1.1.1", dst_ext="2.2.2.2")])/UDP()
IP(options=[IPOption_SDBM(addresses=["1.1.1.1"])])/UDP()
IP(options=[IPOption(copy_flag=1, optclass=2, option=30, value=b"\x01\x02\x03")])/UDP()
IP(options=[IPOption(option=25, length=9, value=b"\x01")])/UDP()
IP(options=IPOption_NOP())/UDP()
IP()/GRE()/IP()/UDP()
IP()/GRE(key_present=1, key=0xdeadbeef, seqnum_present=1, sequence_number=7)/IPv6()/UDP()
IP()/GRE(chksum_present=1)/Ether()/IP()/TCP()
IP()/GRE(key=5)/IP()
IP()/GRE()/Dot1Q()/IP()
IP()/GRE()/ARP()
IP()/GRE(proto=0x880b)/Raw("x")
IPv6()/GRE()/IP()/UDP()
IP()/UDP()/GRE()/IP()
Ether()/IP()/UDP()/VXLAN(vni=42)/Ether()/IP()/TCP()/Raw("in")
Ether()/IP()/UDP(sport=1234)/VXLAN(vni=42, flags=8, reserved1=7, reserved2=9)/Ether()/IP()
Ether()/IP()/UDP(dport=8472)/VXLAN(vni=0xffffff)/IP()/UDP()
Ether()/IP()/UDP()/VXLAN(flags="Instance+G", gpflags="A", gpid=7)/Ether()
Ether()/IP()/UDP()/VXLAN(flags="NextProtocol", NextProtocol=4, reserved0=3)/Raw("nsh")
IP()/UDP()/VXLAN()
Dot3()/LLC()/SNAP()/IP()
Dot3(len=7)/LLC(dsap=0x42, ssap=0x42, ctrl=3)/Raw("stp")
Ether()/LLC()/SNAP(OUI=0x0c)/ARP()
Ether()/Ether()/IP()
IP()/"string"
IP()/b"bytes"/"more"
"just text"
b"\x00\xff"
Raw(load="x")/Raw(b"\x01")
Raw("x"*1000)
Raw(3*b"ab" + b"c")
Raw("a" "b" 'c')
Raw(r"\x00")
Raw("\u00e9\xe9\t\n\\\"\'\101\0")
Raw(b"\xe9\n\0\1")
Raw(bytes(5))
Raw(bytes([1, 2, 0x03]))
Raw(bytes.fromhex("de ad beef"))
(Ether()/IP())/(TCP()/Raw("x"))
IP(ttl=0x10 + 1, tos=1 << 2 | 1, id=0b101, proto=0o21)
IP(ttl=None, len=None)/UDP(chksum=None)
IP(ttl=1,)/UDP(dport=1_000,)
Ether() / IP( src = "1.1.1.1" ) / UDP( )
Ether()/IP()/UDP()/Raw("body")/Padding("tail")
Ether()/IP()/Padding("tail")/Padding("more")
TCP()/Raw("no network layer")
UDP()
ICMPv6EchoRequest()
Ether()/TCP()
IP(dst="255.255.255.255", src="224.0.0.1")/UDP()
IPv6(src="::", dst="ff02::1")/UDP()
IPv6(src="2001:db8:0:0:1:0:0:1", dst="::ffff:1.2.3.4")/TCP()
IPv6(src="1::", dst="::2:3")/Raw("x")
IP()/Raw(b"")
Ether()/MPLS(label=16, cos=3, ttl=64)/IP()/UDP()
Ether()/MPLS()/MPLS()/IPv6()/TCP()
IP()/MPLS()/IP()
IP()/UDP()/MPLS()/IP()
IP()/GRE()/MPLS()/IP()
Ether()/PPPoE(sessionid=7)/PPP()/IP()/UDP()
Ether()/PPPoE()/PPP()/IPv6()/UDP()
Ether()/PPPoE()/PPP(proto=0xc021)/Raw("lcp")
Ether()/PPPoED()/Raw(b"\x01\x01\x00\x00")
Ether()/PPPoED(code=0x65, sessionid=9)
IPv6()/IPv6ExtHdrHopByHop()/UDP()
IPv6()/IPv6ExtHdrHopByHop(options=[RouterAlert(value=0)])/ICMPv6MLReport(mladdr="ff02::7")
IPv6()/IPv6ExtHdrHopByHop(options=[Pad1(), Jumbo(jumboplen=70000)])/TCP()
IPv6()/IPv6ExtHdrHopByHop(options=[HBHOptUnknown(otype=30, optdata="abc"), PadN(optdata=b"\x00\x00")], autopad=0, len=0)/UDP()
IPv6()/IPv6ExtHdrDestOpt(options=[HAO(hoa="2001:db8::5")])/TCP()
IPv6()/IPv6ExtHdrDestOpt(options=[RplOption(Down=1, SenderRank=7)])/IPv6ExtHdrFragment(id=3, m=1)/UDP()
IPv6()/IPv6ExtHdrFragment(id=3, offset=5)/Raw("later")
IPv6()/IPv6ExtHdrFragment()/TCP()
IPv6()/IPv6ExtHdrRouting(addresses=["2001:db8::9"])/UDP()/Raw("r")
IPv6()/IPv6ExtHdrRouting(addresses=["2001:db8::9", "2001:db8::a"], segleft=0, type=2)/UDP()/Raw("r")
IPv6()/IPv6ExtHdrRouting()/UDP()
IPv6()/IPv6ExtHdrSegmentRouting()/TCP()
IPv6()/IPv6ExtHdrSegmentRouting(addresses=["2001:db8::9", "2001:db8::a"], segleft=1, tag=5)/TCP()/Raw("srv6")
IPv6()/IPv6ExtHdrSegmentRouting(addresses=["2001:db8::9"], segleft=0)/IPv6()/TCP()
IPv6()/IPv6ExtHdrSegmentRouting(addresses=["2001:db8::9"], tlv_objects=[IPv6ExtHdrSegmentRoutingTLV(type=9, len=2, value="ab")])/IP()
IPv6()/IPv6ExtHdrSegmentRouting(addresses=["2001:db8::9"], tlv_objects=[IPv6ExtHdrSegmentRoutingTLVPadN(), IPv6ExtHdrSegmentRoutingTLVPad1()])/UDP()
IPv6()/IPv6ExtHdrHopByHop()/IPv6ExtHdrDestOpt()/IPv6ExtHdrRouting()/IPv6ExtHdrFragment(m=1)/ICMPv6EchoRequest(data="x")
IP()/AH(nh=6, payloadlen=4, spi=7, seq=9, icv=b"0123456789ab")/TCP(chksum=0)
IPv6()/AH(nh=17, payloadlen=1)/UDP(chksum=0)
IP()/ESP(spi=0x1000, seq=3, data=b"secret")
IPv6()/ESP()
IPv6()/IPv6ExtHdrDestOpt()/ESP(data="x")
IP()/SCTP(sport=1, dport=2, tag=3)/SCTPChunkInit(init_tag=1, a_rwnd=2, n_out_streams=3, n_in_streams=4, init_tsn=5)
IP()/SCTP()/SCTPChunkInit(params=[SCTPChunkParamIPv4Addr(addr="1.2.3.4"), SCTPChunkParamIPv6Addr(), SCTPChunkParamSupportedAddrTypes(), SCTPChunkParamECNCapable(), SCTPChunkParamFwdTSN(), SCTPChunkParamSupportedExtensions(), SCTPChunkParamCookiePreservative(sug_cookie_inc=3)])
IP()/SCTP()/SCTPChunkInitAck(params=[SCTPChunkParamStateCookie(cookie="cook"), SCTPChunkParamAdaptationLayer(indication=4)])
IP()/SCTP()/SCTPChunkData(data="hello", tsn=5, beginning=1, ending=1, stream_id=2, stream_seq=3, proto_id=4)
IPv6()/SCTP()/SCTPChunkCookieEcho(cookie="cook")/SCTPChunkData(data=b"\x00\x01\x02")
IP()/SCTP()/SCTPChunkSACK(cumul_tsn_ack=7, a_rwnd=1000, gap_ack_list=["2:3", "5:6"], dup_tsn_list=[9])
IP()/SCTP()/SCTPChunkHeartbeatReq(params=[SCTPChunkParamHeartbeatInfo(data="hb")])
IP()/SCTP()/SCTPChunkHeartbeatAck()
IP()/SCTP()/SCTPChunkAbort(TCB=1, error_causes="abc")
IP()/SCTP()/SCTPChunkShutdown(cumul_tsn_ack=8)/SCTPChunkShutdownAck()/SCTPChunkShutdownComplete()/SCTPChunkCookieAck()/SCTPChunkError(error_causes=b"12345")
IP()/SCTP(chksum=5)/Raw("x")
Ether()/IPv6()/ICMPv6ND_RS()/ICMPv6NDOptSrcLLAddr(lladdr="02:00:00:00:00:01")
Ether()/IPv6()/ICMPv6ND_RA(M=1, routerlifetime=9)/ICMPv6NDOptPrefixInfo(prefix="2001:db8::")/ICMPv6NDOptMTU(mtu=1400)/ICMPv6NDOptRDNSS(dns=["2001:db8::53"])
Ether()/IPv6()/ICMPv6ND_NS(tgt="fe80::1")/ICMPv6NDOptSrcLLAddr()
Ether()/IPv6(dst="fe80::2", hlim=3)/ICMPv6ND_NA(tgt="fe80::1", S=1)/ICMPv6NDOptDstLLAddr(lladdr="02:00:00:00:00:01")
Ether()/IPv6()/ICMPv6ND_Redirect(tgt="fe80::1", dst="2001:db8::1")/ICMPv6NDOptUnknown(type=14, data="nonce")
Ether()/IPv6()/ICMPv6MLQuery()
Ether()/IPv6()/ICMPv6MLDone(mladdr="ff02::7")
Ether()/IPv6()/ICMPv6MLQuery2(sources=["2001:db8::1", "2001:db8::2"], S=1, QRV=2, QQIC=125)
Ether()/IPv6()/ICMPv6MLReport2(records=[ICMPv6MLDMultAddrRec(dst="ff02::7", sources=["2001:db8::1"]), ICMPv6MLDMultAddrRec(rtype=3, auxdata="aux")])
IP()/IGMP(type=0x16, gaddr="239.1.2.3")
IP()/IGMP()
IP(options=[IPOption_NOP()])/IGMP(type=0x17, gaddr="239.1.2.3", mrcode=5)
IP()/IGMPv3_MQ(gaddr="239.1.2.3", srcaddrs=["1.1.1.1", "2.2.2.2"], qrv=2, s=1)
IP()/IGMPv3_MR(records=[IGMPv3_MR_Group(maddr="239.1.2.3", srcaddrs=["1.1.1.1"]), IGMPv3_MR_Group(rtype=3)])
IP()/GRE(seqnum_present=1, sequence_number=9)/ERSPAN_II(vlan=5, session_id=7, index=9)/Ether()/IP()
IP()/GRE()/ERSPAN_I()/Ether()/IP()
IP()/GRE()/ERSPAN_II()/Ether()/IP()
IP()/GRE()/ERSPAN_III(timestamp=77, hw=3)/Ether()/ARP()
IP()/GRE()/ERSPAN_III()/ERSPAN_PlatformSpecific(platf_id=5)/Ether()/ARP()
IP()/UDP()/GENEVE(vni=42)/Ether()/IP()/TCP()
IP()/UDP()/GENEVE(vni=42, critical=1, options=[GeneveOptions(classid=0x102, type=0x80, data=b"\x00\x01\x02\x03"), GeneveOptions()])/IP()/TCP()
IPv6()/UDP()/GENEVE()/IPv6()/UDP()
IP()/UDP()/GTP_U_Header(teid=0x1234, gtp_type=255)/IP()/UDP()
IP()/UDP()/GTP_U_Header(teid=1)/IPv6()/TCP()
IP()/UDP()/GTP_U_Header(teid=1, S=1, seq=9, gtp_type=1)
IP()/UDP()/GTP_U_Header(teid=1)/GTPPDUSessionContainer(type=1, QFI=9)/IP()/ICMP()
IP()/UDP()/GTP_U_Header(teid=1)/GTPPDUSessionContainer(QFI=9, RQI=1)/IP()/ICMP()
IP()/UDP()/Wireguard()/WireguardInitiation(sender_index=0x01020304, unencrypted_ephemeral=b"e"*32, encrypted_static=b"", encrypted_timestamp=b"", mac1=b"m", mac2=b"")
IP()/UDP()/Wireguard()/WireguardResponse(receiver_index=1, unencrypted_ephemeral=b"", encrypted_nothing=b"", mac1=b"", mac2=b"")
IP()/UDP()/Wireguard()/WireguardCookieReply(receiver_index=1, nonce=b"n"*24, encrypted_cookie=b"")
IP()/UDP(dport=51820)/Wireguard()/WireguardTransport(receiver_index=7, counter=1, encrypted_encapsulated_packet=b"xyz")
IP()/UDP()/DNS()
IP()/UDP()/DNS(id=7, rd=0, qd=[DNSQR(qname="example.org", qtype="AAAA")])
IP()/UDP()/DNS(qr=1, aa=1, an=[DNSRR(rrname="example.org.", rdata="1.2.3.4", ttl=60), DNSRR(rrname=b"\xc0\x0c", type="AAAA", rdata="2001:db8::1")], ns=[DNSRR(type="NS", rdata="ns.example.org")])
IP()/UDP()/DNS(qd=[], an=[DNSRR(type="TXT", rdata=["v=spf1", "x"]), DNSRR(type="CNAME", rrname="a.b", rdata="c.d."), DNSRRMX(rrname="a", exchange="m.x", preference=5), DNSRRSRV(target="t", port=5)])
IP()/UDP()/DNS(ar=[DNSRROPT()], ns=[DNSRRSOA(rrname="z", mname="m", rname="r", serial=5)])
IP()/UDP()/DNS(ar=[DNSRROPT(rclass=1232, rdata=[EDNS0TLV(optcode=10, optdata="cookie")])], qdcount=3)
IP()/UDP()/DNS(rcode="name-error", an=[DNSRR(type=99, rdata="xyz")])
IP()/UDP()/BOOTP(chaddr=b"\x02\x00\x00\x00\x00\x01", xid=5)/DHCP(options=[("message-type", "discover"), "end"])
IP()/UDP()/BOOTP(op=2, yiaddr="10.0.0.9", sname="srv", file="boot")/DHCP(options=[("message-type", "ack"), ("server_id", "10.0.0.1"), ("lease_time", 3600), ("router", "10.0.0.1", "10.0.0.2"), ("hostname", b"h"), ("param_req_list", [1, 3, 6]), (224, b"x"), "pad", "end"])
IP()/UDP()/BOOTP()
IP()/UDP()/NTPHeader(orig=1, sent=2, ref=3, recv=4, delay=5, dispersion=6)
IP()/UDP()/NTPHeader(stratum=1, ref_id="GPS", orig=0, sent=0, mode=4)
IP()/UDP(dport=443)/QUIC_Initial(DstConnID=b"12345678", Token="tok", Length=1200, PacketNumber=5)/Raw("crypto")
IP()/UDP(dport=443)/QUIC_Initial(DstConnID=b"12345678", SrcConnID=b"ab", Length=10, PacketNumber=70000)/Raw("crypto")
IP()/UDP(dport=443)/QUIC_0RTT(DstConnID=b"1", Length=20000, Version=1)
IP()/UDP(dport=443)/QUIC_Handshake(DstConnID=b"1", Length=5, Version=1)/Raw("hs")
IP()/UDP(dport=443)/QUIC_Retry(DstConnID=b"1", SrcConnID=b"2")/Raw("token")
IP()/UDP(dport=443)/QUIC_Version(SupportedVersions=[1, 0x6b3343cf])
IP()/UDP(dport=443)/QUIC_1RTT(PacketNumber=300, SpinBit=1)/Raw("data")
IP()/TCP(dport=443)/TLS(type=22, version=0x0301, msg=[TLSClientHello(version=0x0303, gmt_unix_time=5, random_bytes=b"r"*28, sid=b"s"*32, ciphers=[0x1301, 0x1302], ext=[TLS_Ext_ServerName(servernames=[ServerName(servername=b"example.org")]), TLS_Ext_ALPN(protocols=[ProtocolName(protocol=b"h2"), ProtocolName(protocol=b"http/1.1")]), TLS_Ext_Unknown(type=0xff01, val=b"\x00")])])
IP()/TCP(sport=50000, dport=443)/TLS(type=22, version=0x0303, msg=[TLSClientHello(version=0x0303, gmt_unix_time=0, random_bytes=b"r"*28, ciphers=[0xc02b])])
IP()/TCP()/DNS(id=7)
IP()/TCP(dport=53)/DNS(qr=1, an=[DNSRR(rrname="a.b", rdata="1.2.3.4")])
CookedLinux(pkttype=4, src=b"\x02\x00\x00\x00\x00\x01", lladdrlen=6)/IP()/UDP()
CookedLinuxV2(ifindex=3, pkttype="broadcast")/ARP()
'''.strip().split("\n")


def text(r):
    size = r.choice([0, 1, 2, 3, 7, 8, 64, r.randrange(200)])
    kind = r.randrange(3)
    if kind == 0:
        return '"%s"' % "".join(r.choice("abcdefghijklmnopqrstuvwxyz 0123456789") for _ in range(size))
    if kind == 1:
        return 'b"%s"' % "".join("\\x%02x" % r.randrange(256) for _ in range(size))
    return '"%s"*%d' % (r.choice("xyz"), size)


def mac(r):
    return '"%s"' % ":".join("%02x" % r.randrange(256) for _ in range(6))


def ip4(r):
    return '"%s"' % ".".join(str(r.randrange(256)) for _ in range(4))


def ip6(r):
    groups = ["%x" % r.choice([0, 0, 1, r.randrange(65536)]) for _ in range(8)]
    return '"%s"' % ":".join(groups)


def number(bits):
    def one(r):
        value = r.choice([0, 1, 2 ** bits - 1, r.randrange(2 ** bits)])
        return r.choice(["%d", "0x%x"]) % value
    return one


def flags(letters, between=""):
    def one(r):
        return '"%s"' % between.join(x for x in letters if r.random() < 0.4)
    return one


def tcp_options(r):
    out = []
    room = 40
    for _ in range(r.randrange(6)):
        item, size = r.choice([
            ('("MSS", %d)' % r.randrange(65536), 4),
            ('("NOP", None)', 1),
            ('("EOL", None)', 1),
            ('("WScale", %d)' % r.randrange(256), 3),
            ('("SAckOK", b"")', 2),
            ('("SAck", (%d, %d))' % (r.randrange(2 ** 32), r.randrange(2 ** 32)), 10),
            ('("Timestamp", (%d, %d))' % (r.randrange(2 ** 32), r.randrange(2 ** 32)), 10),
            ('(%d, b"\\x01\\x02")' % r.randrange(2, 255), 4),
        ])
        if size <= room:
            out.append(item)
            room -= size
    return "[%s]" % ", ".join(out)


def ip_options(r):
    out = []
    room = 40
    for _ in range(r.randrange(4)):
        item, size = r.choice([
            ("IPOption_NOP()", 1),
            ("IPOption_EOL()", 1),
            ("IPOption_RR(routers=[%s])" % ip4(r), 7),
            ("IPOption_LSRR(routers=[%s, %s], pointer=8)" % (ip4(r), ip4(r)), 11),
            ("IPOption_Router_Alert(alert=%d)" % r.randrange(65536), 4),
            ('IPOption(option=%d, value=b"\\x05\\x06")' % r.randrange(2, 32), 4),
            ("IPOption_MTU_Probe(mtu=%d)" % r.randrange(65536), 4),
        ])
        if size <= room:
            out.append(item)
            room -= size
    return "[%s]" % ", ".join(out)


def ip6_options(r):
    return "[%s]" % ", ".join(r.choice([
        "Pad1()", 'PadN(optdata=b"\\x00")', "RouterAlert(value=%d)" % r.randrange(65536),
        "Jumbo(jumboplen=%d)" % r.randrange(2 ** 32), 'HBHOptUnknown(otype=30, optdata="%s")' % ("o" * r.randrange(6)),
    ]) for _ in range(r.randrange(4)))


def ip6_list(r):
    return "[%s]" % ", ".join(ip6(r) for _ in range(r.randrange(1, 4)))


def geneve_options(r):
    return "[%s]" % ", ".join(
        'GeneveOptions(classid=%d, type=%d, data="%s")' % (r.randrange(65536), r.randrange(256), "o" * 4 * r.randrange(4))
        for _ in range(r.randrange(3)))


# Layer: (its fields, what may lie on it, how likely each field is given)
LINK = ["IP", "IP", "IP", "IPv6", "IPv6", "Dot1Q", "Dot1AD", "MPLS", "PPPoE", "ARP", "Raw"]
UPPER = ["TCP", "TCP", "UDP", "UDP", "ICMP", "GRE", "IP", "IPv6", "SCTP", "ESP", "Raw"]
UPPER6 = ["TCP", "TCP", "UDP", "UDP", "GRE", "IP", "IPv6", "SCTP", "ESP", "Raw",
          "ICMPv6EchoRequest", "ICMPv6EchoReply", "ICMPv6PacketTooBig", "ICMPv6DestUnreach", "ICMPv6ND_NS", "ICMPv6ND_RA",
          "ICMPv6MLReport", "IPv6ExtHdrHopByHop", "IPv6ExtHdrDestOpt", "IPv6ExtHdrFragment", "IPv6ExtHdrRouting",
          "IPv6ExtHdrSegmentRouting"]
LAYERS = {
    "Ether": ({"dst": mac, "src": mac, "type": number(16)}, LINK),
    "Dot1Q": ({"prio": number(3), "dei": number(1), "vlan": number(12), "type": number(16)}, LINK),
    "Dot1AD": ({"prio": number(3), "dei": number(1), "vlan": number(12), "type": number(16)}, LINK),
    "ARP": ({"op": number(16), "hwsrc": mac, "psrc": ip4, "hwdst": mac, "pdst": ip4},
            ["Padding", None]),
    "IP": ({"version": number(4), "ihl": number(4), "tos": number(8), "len": number(16), "id": number(16),
            "flags": flags(["MF", "DF", "evil"], "+"), "frag": number(13), "ttl": number(8), "proto": number(8),
            "chksum": number(16), "src": ip4, "dst": ip4, "options": ip_options}, UPPER),
    "IPv6": ({"version": number(4), "tc": number(8), "fl": number(20), "plen": number(16), "nh": number(8),
              "hlim": number(8), "src": ip6, "dst": ip6},
             UPPER6),
    "TCP": ({"sport": number(16), "dport": number(16), "seq": number(32), "ack": number(32), "dataofs": number(4),
             "reserved": number(3), "flags": flags("FSRPAUECN"), "window": number(16), "chksum": number(16),
             "urgptr": number(16), "options": tcp_options}, ["Raw", None]),
    "UDP": ({"sport": number(16), "dport": number(16), "len": number(16), "chksum": number(16)},
            ["Raw", "Raw", "VXLAN", "GENEVE", "GTP_U_Header", None]),
    "ICMP": ({"type": number(6), "code": number(8), "chksum": number(16), "id": number(16), "seq": number(16),
              "gw": ip4, "ptr": number(8), "reserved": number(8), "length": number(8), "addr_mask": ip4,
              "nexthopmtu": number(16)}, ["Raw", "IP", None]),
    "ICMPv6EchoRequest": ({"type": number(8), "code": number(8), "cksum": number(16), "id": number(16),
                           "seq": number(16), "data": text}, ["Raw", None]),
    "ICMPv6EchoReply": ({"id": number(16), "seq": number(16), "data": text}, [None]),
    "ICMPv6PacketTooBig": ({"mtu": number(32), "code": number(8)}, ["IPv6", "Raw"]),
    "ICMPv6DestUnreach": ({"code": number(3), "length": number(8)}, ["IPv6", "Raw"]),
    "GRE": ({"chksum_present": number(1), "key_present": number(1), "seqnum_present": number(1), "key": number(32),
             "sequence_number": number(32), "proto": number(16), "chksum": number(16), "offset": number(16)},
            ["IP", "IPv6", "Ether", "Raw"]),
    "MPLS": ({"label": number(20), "cos": number(3), "s": number(1), "ttl": number(8)}, ["MPLS", "IP", "IPv6", "Raw"]),
    "PPPoE": ({"code": number(8), "sessionid": number(16), "len": number(16)}, ["PPP", "Raw"]),
    "PPP": ({}, ["IP", "IPv6", "Raw"]),
    "SCTP": ({"sport": number(16), "dport": number(16), "tag": number(32), "chksum": number(32)},
             ["SCTPChunkData", "SCTPChunkInit", "SCTPChunkSACK", "Raw"]),
    "SCTPChunkData": ({"len": number(16), "tsn": number(32), "stream_id": number(16), "beginning": number(1),
                       "proto_id": number(32), "data": text}, ["SCTPChunkData", None]),
    "SCTPChunkInit": ({"init_tag": number(32), "a_rwnd": number(32), "n_out_streams": number(16)}, [None]),
    "SCTPChunkSACK": ({"cumul_tsn_ack": number(32), "a_rwnd": number(32)}, ["SCTPChunkData", None]),
    "ESP": ({"spi": number(32), "seq": number(32), "data": text}, [None]),
    "ICMPv6ND_NS": ({"tgt": ip6, "res": number(32)}, ["ICMPv6NDOptSrcLLAddr", None]),
    "ICMPv6ND_RA": ({"M": number(1), "O": number(1), "chlim": number(8), "routerlifetime": number(16)},
                    ["ICMPv6NDOptSrcLLAddr", "ICMPv6NDOptPrefixInfo", "ICMPv6NDOptMTU", None]),
    "ICMPv6NDOptSrcLLAddr": ({"lladdr": mac}, ["ICMPv6NDOptMTU", None]),
    "ICMPv6NDOptMTU": ({"mtu": number(32)}, ["ICMPv6NDOptPrefixInfo", None]),
    "ICMPv6NDOptPrefixInfo": ({"prefix": ip6, "prefixlen": number(8), "L": number(1)}, [None]),
    "ICMPv6MLReport": ({"mladdr": ip6, "mrd": number(16)}, [None]),
    "IPv6ExtHdrHopByHop": ({"nh": number(8), "len": number(8), "options": ip6_options}, UPPER6),
    "IPv6ExtHdrDestOpt": ({"nh": number(8), "len": number(8), "options": ip6_options}, UPPER6),
    "IPv6ExtHdrFragment": ({"nh": number(8), "offset": number(13), "m": number(1), "id": number(32)}, UPPER6),
    "IPv6ExtHdrRouting": ({"nh": number(8), "type": number(8), "segleft": number(8), "reserved": number(32),
                           "addresses": ip6_list}, UPPER6),
    "IPv6ExtHdrSegmentRouting": ({"nh": number(8), "segleft": number(8), "tag": number(16), "addresses": ip6_list},
                                 UPPER6),
    "GENEVE": ({"vni": number(24), "oam": number(1), "critical": number(1), "proto": number(16),
                "options": geneve_options}, ["Ether", "Ether", "IP", "IPv6", "Raw"]),
    "GTP_U_Header": ({"teid": number(32), "gtp_type": number(8), "S": number(1), "seq": number(16),
                      "length": number(16)}, ["IP", "IPv6", "Raw"]),
    "VXLAN": ({"vni": number(24), "flags": number(7), "reserved1": number(24), "reserved2": number(8),
               "reserved0": number(16)}, ["Ether", "Ether", "IP", "Raw"]),
}


def layer(r, name, often):
    if name in ("Raw", "Padding"):
        return "%s(%s)" % (name, text(r))
    fields = LAYERS[name][0]
    given = ["%s=%s" % (field, make(r)) for field, make in fields.items() if r.random() < often]
    if name == "ICMP" and any(x.startswith("type=") and int(x[5:], 0) in (13, 14) for x in given):
        given += ["ts_ori=1", "ts_rx=2", "ts_tx=3"]
    r.shuffle(given)
    return "%s(%s)" % (name, ", ".join(given))


def expression(r):
    often = r.choice([0.1, 0.3, 0.6])
    name = r.choice(["Ether", "Ether", "Ether", "IP", "IPv6"])
    parts = []
    while name and len(parts) < 9:
        parts.append(layer(r, name, often))
        if name in ("Raw", "Padding"):
            break
        name = r.choice(LAYERS[name][1])
    if r.random() < 0.1 and not parts[-1].startswith("Padding"):
        parts.append("Padding(%s)" % text(r))
    return "/".join(parts)


def main():
    count, seed = int(sys.argv[1]), int(sys.argv[2])
    r = random.Random(seed)
    for line in (FIXED + [expression(r) for _ in range(count)])[:max(count, len(FIXED))]:
        print(line)


if __name__ == "__main__":
    main()
