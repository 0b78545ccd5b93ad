import BPF
import Packets
import Results
import TestPlan
import Testing

@testable import Fixtures

/// What comes back from a run: metadata, packet, or less than all of it.
@Suite struct HandedBackPacketTests {
  private let packet = try! Packet(expression: "Ether()/IP(ttl=64)/TCP(flags=\"SA\")").build()

  private func cell(
    _ expect: String, program: String = "pass", data: [UInt8]? = nil, metadata: [UInt8]? = nil, of size: Int? = nil,
    release: String = "6.1.0"
  ) async throws -> Cell {
    let text = """
      object: sample.bpf.o
      tests:
        - { name: t, program: \(program), packet: 'Ether()/IP(ttl=64)/TCP(flags="SA")', expect: \(expect) }

      """
    let test = try #require(try await Sample.plan(text: text).first)
    var seen = StepObservation(returnValue: 2, data: Bytes((metadata ?? []) + (data ?? packet)))
    seen.context = metadata.map { Bytes(XDPContext(metadata: UInt32($0.count), length: 0).bytes) }
    seen.truncatedFrom = size.map { UInt32($0) }
    return test.judge(Observations(load: .loaded, steps: [seen]), kernel: "k", release: release)
  }

  private func complaint(_ expect: String, program: String = "pass") async -> String {
    let text = """
      object: sample.bpf.o
      tests:
        - { name: t, program: \(program), packet: Ether()/IP()/TCP(), expect: \(expect) }

      """
    do {
      _ = try await Sample.plan(text: text)
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test func metadataIsNoPartOfThePacket() async throws {
    let event: [UInt8] = [5, 0, 0, 0] + Array("abc".utf8) + [0, 0, 0, 0, 0]
    for expect in [
      "{ packet: unchanged }", "{ packet: { never_grows: true, checksums: valid } }",
      "{ metadata: { type: struct event, number: 5, name: abc } }", "{ metadata: { hex: \"\(Bytes(event).hex)\" } }",
      "{ metadata: \(Bytes(event).hex), packet: unchanged }", "{ metadata: { type: struct event, number: { gt: 4 } } }",
      "{ metadata: any, return: XDP_PASS }", "{ metadata: { \"<5.15\": none, default: any }, return: XDP_PASS }",
    ] {
      #expect(try await cell(expect, metadata: event).verdict == .passed, "\(expect)")
    }
    for (expect, words) in [
      ("{ metadata: none }", "expected none, seen 12 bytes: 050000006162630000000000"),
      ("{ metadata: { type: struct event, number: 6 } }", "metadata.number: expected 6, seen 5"),
      ("{ metadata: { type: struct key, prefixlen: 6 } }", "expected 8 bytes, struct key, seen 12 bytes"),
      ("{ metadata: 0500 }", "expected 2 bytes: 0500, seen 12 bytes"),
    ] {
      let cell = try await cell(expect, metadata: event)
      #expect(cell.verdict == .failed && cell.message.contains(words), "\(expect): \(cell.message)")
    }
    let silent = try await cell("{ metadata: none }")
    #expect(silent.verdict == .failed && silent.message.contains("hands none back"))
  }

  @Test func metadataThatCannotBeIsRefusedInWords() async {
    for (expect, program, words) in [
      ("{ metadata: none }", "mark", "XDP programs leave metadata"),
      ("{ metadata: { type: struct hint, mark: 1 } }", "pass", "const struct hint *"),
      ("{ metadata: { mark: 1 } }", "pass", "write { type: struct hint, mark: 1 }"),
      ("{ metadata: { type: struct event, numbr: 1 } }", "pass", "did you mean `number`?"),
      ("{ metadata: { type: struct event } }", "pass", "nothing is expected of the metadata"),
      ("{ context: { vlan_tci: 1 } }", "mark", "no kernel hands `vlan_tci` of __sk_buff back from a test run"),
      ("{ context: { len: 1 } }", "mark", "no kernel hands `len`"),
    ] {
      let text = await complaint(expect, program: program)
      #expect(text.contains(words), "\(expect): \(text)")
    }
  }

  @Test func aPacketThatWasCutIsToldSo() async throws {
    for expect in ["{ packet: unchanged }", "{ packet: { checksums: valid } }"] {
      let cell = try await cell(expect, of: 2000)
      #expect(cell.verdict == .failed)
      #expect(cell.message.contains("only the first 54 of its 2000 bytes came back"), "\(cell.message)")
    }
    let grown = try await cell("{ packet: { never_grows: true } }", of: 2000)
    #expect(grown.message.contains("2000 bytes"))
  }

  @Test func aPacketThatLacksAPushedTagIsToldSo() async throws {
    let expect = "{ packet: 'Ether()/Dot1Q(vlan=5)/IP(ttl=64)/TCP(flags=\"SA\")' }"
    let missing = try await cell(expect, program: "mark")
    #expect(missing.message.contains("only the outer VLAN tag is missing"))
    var other = packet
    other[22] = 1
    let changed = try await cell(expect, program: "mark", data: other)
    #expect(!changed.message.contains("only the outer VLAN tag"))
  }

  @Test func partsOfAPacketAreCompared() async throws {
    for expect in [
      "{ packet: { at: { 12: 0800, 0x16: 40 } } }", "{ packet: { starts_with: ffffffffffff } }",
      "{ packet: { at: { 26: 127.0.0.1 } } }", "{ packet: { starts_with: Ether(type=0x800) } }",
      "{ packet: { fields: { IP.ttl: 64, TCP.flags: \"SA\", IP.src: 127.0.0.1, Ether.dst: \"ff:ff:ff:ff:ff:ff\" } } }",
      "{ packet: { fields: { IP.ttl: { in: [63, 64] }, IP.proto: tcp, TCP.dport: http, TCP.sport: { lt: 100 } } } }",
      "{ packet: { fields: { IP.ttl: { \"<5.15\": 1, default: 64 }, UDP: absent, TCP: present, IP.src: { ne: 10.0.0.1 } } } }",
      "{ packet: { fields: { IP.dst: { matches: ^127 } }, never_grows: true, checksums: valid } }",
    ] {
      let cell = try await cell(expect)
      #expect(cell.verdict == .passed, "\(expect): \(cell.message)")
    }
    for (expect, words) in [
      ("{ packet: { at: { 12: 86dd } } }", "packet.at[12]: expected 86dd, seen 0800"),
      ("{ packet: { at: { 53: 0000 } } }", "packet.at[53]: expected 0000, seen 54 bytes"),
      ("{ packet: { starts_with: 00ff } }", "packet.starts_with: expected 00ff"),
      ("{ packet: { fields: { IP.ttl: 63 } } }", "packet.IP.ttl: expected 63, seen 64"),
      ("{ packet: { fields: { TCP.flags: S } } }", "packet.TCP.flags: expected \"S\", seen \"SA\""),
      ("{ packet: { fields: { UDP.dport: 53 } } }", "not there: the packet is Ether/IP/TCP"),
      ("{ packet: { fields: { \"IP[2].ttl\": 64 } } }", "packet.IP[2].ttl: expected 64, seen not there"),
      ("{ packet: { fields: { TCP: absent } } }", "packet.TCP: expected absent, seen the packet is Ether/IP/TCP"),
    ] {
      let cell = try await cell(expect)
      #expect(cell.verdict == .failed && cell.message.contains(words), "\(expect): \(cell.message)")
    }
    for (expect, words) in [
      ("{ packet: { fields: { IP.tll: 63 } } }", "IP has no field tll (did you mean ttl?)"),
      ("{ packet: { fields: { IPP: present } } }", "unknown layer IPP"),
      ("{ packet: { fields: { IP.ttl: 300 } } }", "it holds 0 to 255"),
      ("{ packet: { fields: { IP: 4 } } }", "a layer is present or absent"),
      ("{ packet: { fields: { IP.src: { gt: 10.0.0.1 } } } }", "`IP.src` is no number"),
      ("{ packet: { fields: { \"IP[x].ttl\": 3 } } }", "write it like IP[2].ttl"),
      ("{ packet: { fields: {} } }", "`fields`"),
      ("{ packet: { at: { -1: 00 } } }", "an offset in a packet"), ("{ packet: { at: [] } }", "`at` is a mapping"),
      ("{ packet: { at: { 0: \"\" } } }", "no bytes"), ("{ packet: { start_with: 00 } }", "start_with"),
    ] {
      let text = await complaint(expect)
      #expect(text.contains(words), "\(expect): \(text)")
    }
  }
}
