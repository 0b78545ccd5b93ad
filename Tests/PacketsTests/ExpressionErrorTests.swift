import Testing

@testable import Packets

/// Expressions that must be refused: what the message says, and the column that it points at.
private let refused: [(expression: String, message: String, column: Int)] = [
  ("", "the expression ends where a value should be", 1),
  ("Ether(", "the expression ends where a value should be", 7),
  ("Ether()/", "the expression ends where a value should be", 9),
  ("Ether()IP()", "expected / and a layer, or the end, not ‘I’", 8),
  ("Ether()/IPP()", "unknown layer IPP (did you mean IP?)", 9),
  ("IPv4(src=\"10.0.0.1\")", "unknown layer IPv4 (did you mean IP?)", 1),
  ("Ether()/IP(tll=3)", "IP has no field tll (did you mean ttl?)", 12),
  ("UDP(zebra=3)", "UDP has no field zebra (it has sport, dport, len, chksum)", 5),
  ("IP(ttl=300)", "IP.ttl is 300, and it holds 0 to 255", 8),
  ("IP(ttl=-1)", "IP.ttl is -1, and it holds 0 to 255", 8),
  ("IP(ttl=\"x\")", "IP.ttl is a number from 0 to 255, not a string", 8),
  ("IP(ttl=1, ttl=2)", "IP.ttl is given twice", 11),
  ("IP(ttl=1.5)", "only whole numbers can stand here", 8),
  ("IP(64)", "fields of IP are given by name, as in version=…", 4),
  ("IP(dst=\"10.0.0.256\")", "IP.dst is an IPv4 address such as \"10.0.0.1\", not \"10.0.0.256\"", 8),
  ("IP(dst=\"10.0.0.0/30\")", "IP.dst is an IPv4 address such as \"10.0.0.1\": one address, not a network", 8),
  ("IP(dst=[\"1.1.1.1\"])", "IP.dst is an IPv4 address such as \"10.0.0.1\", not a list", 8),
  ("IPv6(dst=\"1::2::3\")", "IPv6.dst is an IPv6 address such as \"2001:db8::1\", not \"1::2::3\"", 10),
  ("Ether(dst=\"02:00\")", "Ether.dst is a MAC address such as \"02:00:00:00:00:01\", not \"02:00\"", 11),
  ("TCP(flags=\"SX\")", "TCP.flags has no flag \"X\" (it has \"FSRPAUECN\")", 11),
  ("IP(flags=\"DF+XX\")", "IP.flags has no flag \"XX\" (it has \"MF+DF+evil\")", 10),
  (
    "ICMP(type=3, code=\"fragmentation-neded\")",
    "ICMP.code knows no name \"fragmentation-neded\" (did you mean fragmentation-needed?)", 19
  ),
  (
    "ICMP(type=5, code=\"port-unreachable\")",
    "ICMP.code knows no name \"port-unreachable\" (it has TOS-host-redirect, TOS-network-redirect, host-redirect, "
      + "network-redirect)", 19
  ),
  ("IP(proto=\"mptcp\")", "IP.proto is mptcp (262), and it holds 0 to 255", 10),
  ("TCP(dport=\"htps\")", "TCP.dport knows no name \"htps\" (did you mean https?)", 11),
  ("TCP(options=[(\"MMS\", 1)])", "unknown TCP option \"MMS\" (did you mean MSS?)", 15),
  ("TCP(options=[(\"MSS\", 65536)])", "MSS holds numbers from 0 to 65535", 22),
  ("TCP(options=[\"MSS\"])", "a TCP option is written like (\"MSS\", 1460), not a string", 14),
  ("IP(options=[IP()])", "IP is not an IP option", 13),
  ("IPOption_NOP()", "IPOption_NOP stands in a list such as options=[…], not between slashes", 1),
  ("Raw(\"abc", "a string without an end", 5),
  ("Raw(bytes.fromhex(\"abc\"))", "not pairs of hexadecimal digits", 19),
  ("Raw(b\"é\")", "a bytes literal holds ASCII only: write \\x and two digits", 7),
  ("Raw(\"\\xg0\")", "expected 2 hexadecimal digits after the backslash", 6),
  ("Raw(\"x\"*100000000000)", "longer than a packet may be (131072 bytes)", 5),
  ("Raw(9999999999999999999999*\"x\")", "the number is too large", 5),
  ("Raw(\"é\")/Ipp()", "unknown layer Ipp (did you mean IP?)", 10),
  ("Ether", "Ether is no value (did you mean Ether()?)", 1),
  ("IP(src=IP)", "IP is no value (did you mean IP()?)", 8),
  ("__import__(\"os\")", "unknown layer __import__", 1),
]

@Test func refusesWithTheColumnAndTheReason() {
  for (expression, message, column) in refused {
    #expect(throws: PacketExpressionError.self, "\(expression)") { try Packet(expression: expression) }
    do {
      _ = try Packet(expression: expression)
    } catch {
      #expect(error.message == message, "\(expression)")
      #expect(error.column == column, "\(expression): \(error)")
    }
  }
}

@Test func theDescriptionHasACaretUnderThePlace() {
  do {
    _ = try Packet(expression: "Ether()/IP(tll=3)")
    Issue.record("should have been refused")
  } catch {
    #expect(
      error.description == """
        column 12: IP has no field tll (did you mean ttl?)
          Ether()/IP(tll=3)
                     ^
        """)
  }
}

@Test func theCaretIsOnTheRightLine() {
  do {
    _ = try Packet(expression: "Ether()\n /IP()\n /Udp()/Raw()")
    Issue.record("should have been refused")
  } catch {
    #expect(error.description.hasSuffix("\n   /Udp()/Raw()\n    ^"))
  }
}

@Test func aLongExpressionIsShownAroundThePlace() {
  do {
    _ = try Packet(
      expression: "Raw(\"\(String(repeating: "x", count: 500))\")/Oops()/Raw(\"\(String(repeating: "y", count: 500))\")"
    )
    Issue.record("should have been refused")
  } catch {
    let lines = error.description.split(separator: "\n")
    #expect(lines.count == 3)
    guard lines.count == 3, let caret = lines[2].firstIndex(of: "^") else { return }
    let place = lines[2].distance(from: lines[2].startIndex, to: caret)
    #expect(lines[1].dropFirst(place).hasPrefix("Oops"))
    #expect(lines[1].count < 130)
  }
}

@Test func nestingIsLimited() {
  let deep = String(repeating: "(", count: 10_000) + "IP()" + String(repeating: ")", count: 10_000)
  #expect(throws: PacketExpressionError.self) { try Packet(expression: deep) }
  let options = "IP(options=" + String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000) + ")"
  #expect(throws: PacketExpressionError.self) { try Packet(expression: options) }
  let minus = "IP(ttl=" + String(repeating: "-", count: 100_000) + "1)"
  #expect(throws: PacketExpressionError.self) { try Packet(expression: minus) }
}

@Test func theNumberOfLayersIsLimited() {
  let many = Array(repeating: "Dot1Q()", count: 1000).joined(separator: "/")
  #expect(throws: PacketExpressionError.self) { try Packet(expression: many) }
}

@Test func aPacketLargerThanAnyIsRefused() throws {
  #expect(throws: PacketExpressionError.self) {
    try Packet(expression: "Raw(\"x\"*80000)/Raw(\"x\"*80000)")
  }
  #expect(try Packet(expression: "Raw(\"x\"*65535)").build().count == 65_535)
}

@Test func aLengthThatDoesNotFitIsSaidWhenBuilding() throws {
  let packet = try Packet(expression: "IP()/UDP()/Raw(\"x\"*65535)")
  do {
    _ = try packet.build()
    Issue.record("should have been refused")
  } catch {
    #expect(
      error.description
        == "UDP.len would be 65543, and 65535 is the most that fits; make the packet smaller, or give a value of your own"
    )
  }
  #expect(try Packet(expression: "IP(len=0)/UDP(len=0)/Raw(\"x\"*65535)").build().count == 65_563)
}

@Test func optionsThatDoNotFitAreSaidWhenBuilding() throws {
  let packet = try Packet(expression: "IP()/TCP(options=[(\"Timestamp\", (1, 2))])")
  #expect(try packet.build().count == 52)
  let long = try Packet(expression: "IP()/TCP(options=[(200, \"x\"*30), (200, \"x\"*30)])")
  #expect(throws: PacketBuildError.self) { try long.build() }
}
