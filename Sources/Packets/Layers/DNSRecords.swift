/// Numbers of resource record types (IANA, dns-parameters).
enum DNSTypes {
  static let names: [UInt64: String] = [
    1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 12: "PTR", 13: "HINFO", 15: "MX", 16: "TXT", 28: "AAAA", 33: "SRV",
    35: "NAPTR", 39: "DNAME", 41: "OPT", 43: "DS", 46: "RRSIG", 47: "NSEC", 48: "DNSKEY", 52: "TLSA", 64: "SVCB",
    65: "HTTPS", 251: "IXFR", 252: "AXFR", 255: "ALL", 257: "CAA",
  ]
  static let classes: [UInt64: String] = [1: "IN", 2: "CS", 3: "CH", 4: "HS", 255: "ANY"]

  static func name(_ field: String, _ initial: [UInt8] = [0]) -> Field {
    Field(field, .dnsName, .bytes { DNSWire.name($0.rest) ?? 0 }, .bytes(initial))
  }

  /// The beginning of every record: name, type, class, time to live and length of the data.
  static func head(_ type: UInt64) -> [Field] {
    [
      name("rrname"), .names("type", 16, type, names), .int("cacheflush", 1), .names("rclass", 15, 1, classes),
      .int("ttl", 32), .length("rdlen", 16),
    ]
  }
}

enum DNSQuestion: ItemType {
  static let name = "DNSQR"
  static let fields: [Field] = [
    DNSTypes.name("qname", DNSName.encode(Array("www.example.com".utf8))), .names("qtype", 16, 1, DNSTypes.names),
    .int("unicastresponse", 1), .names("qclass", 15, 1, DNSTypes.classes),
  ]
}

enum DNSRecord: ItemType {
  static let name = "DNSRR"
  static let fields = DNSTypes.head(1) + [Field("rdata", .dnsData, .rest, .bytes([]))]

  static func prepare(_ values: inout [FieldValue?]) {
    if values[6] == nil { values[6] = .bytes(DNSData.initial(values[1]?.number ?? 1)) }
    values.setLength(5, of: 6)
  }
}

enum DNSMX: ItemType {
  static let name = "DNSRRMX"
  static let fields = DNSTypes.head(15) + [.int("preference", 16), DNSTypes.name("exchange")]
  static func prepare(_ values: inout [FieldValue?]) {
    if values[5] == nil { values[5] = .number(UInt64(truncatingIfNeeded: 2 + (values[7]?.bytes.count ?? 1))) }
  }
}

enum DNSSOA: ItemType {
  static let name = "DNSRRSOA"
  static let fields: [Field] = [
    DNSTypes.name("rrname"), .names("type", 16, 6, DNSTypes.names), .names("rclass", 16, 1, DNSTypes.classes),
    .int("ttl", 32), .length("rdlen", 16), DNSTypes.name("mname"), DNSTypes.name("rname"), .int("serial", 32),
    .int("refresh", 32), .int("retry", 32), .int("expire", 32), .int("minimum", 32),
  ]
  static func prepare(_ values: inout [FieldValue?]) {
    let names = (values[5]?.bytes.count ?? 1) + (values[6]?.bytes.count ?? 1)
    if values[4] == nil { values[4] = .number(UInt64(truncatingIfNeeded: names + 20)) }
  }
}

enum DNSSRV: ItemType {
  static let name = "DNSRRSRV"
  static let fields =
    DNSTypes.head(33) + [.int("priority", 16), .int("weight", 16), .int("port", 16), DNSTypes.name("target")]
  static func prepare(_ values: inout [FieldValue?]) {
    if values[5] == nil { values[5] = .number(UInt64(truncatingIfNeeded: 6 + (values[9]?.bytes.count ?? 1))) }
  }
}

/// Extension mechanisms (RFC 6891); `z` has the bit that asks for DNSSEC.
enum DNSOPT: ItemType {
  static let name = "DNSRROPT"
  static let fields: [Field] = [
    DNSTypes.name("rrname"), .names("type", 16, 41, DNSTypes.names), .int("rclass", 16, 4096), .int("extrcode", 8),
    .int("version", 8), .int("z", 16, 32768), .length("rdlen", 16),
    Field("rdata", .layers(EDNSOptions.self), .rest, .bytes([])),
  ]
  static func prepare(_ values: inout [FieldValue?]) { values.setLength(6, of: 7) }
}

enum EDNSOptions: LayerList {
  static let noun = "an EDNS option"
  static func accepts(_ id: LayerID) -> Bool { id == .ednsOption }

  static func split(_ bytes: [UInt8]) -> [Layer]? {
    func measure(_ bytes: ArraySlice<UInt8>, _ count: Int) -> Int? {
      guard bytes.count >= 4 else { return nil }
      let length = 4 + (Int(bytes[bytes.startIndex + 2]) << 8 | Int(bytes[bytes.startIndex + 3]))
      return length <= bytes.count ? length : nil
    }
    return DNSWire.split(bytes, measure) { Layer.item(.ednsOption, $0) }
  }
}

enum EDNSOption: ItemType {
  static let name = "EDNS0TLV"
  static let fields: [Field] = [.int("optcode", 16), .length("optlen", 16), .rest("optdata")]
  static func prepare(_ values: inout [FieldValue?]) { values.setLength(1, of: 2) }
}

/// Domain names as text and as labels.
enum DNSName {
  /// Labels of up to 63 bytes each; what ends in a zero or in a pointer is taken for labels already, as in Scapy.
  static func encode(_ text: [UInt8]) -> [UInt8] {
    if text.isEmpty || text == [0x2e] { return [0] }
    if text.last == 0 || (text.count >= 2 && text[text.count - 2] & 0xc0 == 0xc0) { return text }
    let isAbsolute = text.last == 0x2e
    var out: [UInt8] = []
    for label in (isAbsolute ? text : text + [0x2e]).split(separator: 0x2e, omittingEmptySubsequences: false) {
      let label = label.prefix(63)
      out.append(UInt8(label.count))
      out += label
    }
    if out.last != 0 { out.append(0) }
    return out
  }

  /// The text of a name whose labels can be told apart in it; `nil` for one with a pointer, or that isn't plain.
  static func decode(_ bytes: [UInt8]) -> [UInt8]? {
    if bytes == [0] { return [0x2e] }
    var out: [UInt8] = []
    var at = 0
    while at < bytes.count, bytes[at] != 0 {
      let length = Int(bytes[at])
      guard length < 64, at + 1 + length < bytes.count else { return nil }
      let label = bytes[at + 1...at + length]
      guard label.allSatisfy({ (0x21..<0x7f).contains($0) && $0 != 0x2e }) else { return nil }
      out += label + [0x2e]
      at += 1 + length
    }
    return encode(out) == bytes ? out : nil
  }
}

/// The data of a record, by its type.
enum DNSData {
  static func initial(_ type: UInt64) -> [UInt8] {
    switch type {
    case 1: [0, 0, 0, 0]
    case 28: Array(repeating: 0, count: 16)
    case 2, 3, 4, 5, 12, 39, 16: [0]
    default: []
    }
  }

  static func isName(_ type: UInt64) -> Bool { [2, 3, 4, 5, 12, 39].contains(type) }

  /// A text record: strings with a length before each.
  static func strings(_ texts: [[UInt8]]) -> [UInt8] {
    texts.flatMap { text in
      var out: [UInt8] = []
      var rest = text[...]
      repeat {
        let piece = rest.prefix(255)
        out += [UInt8(piece.count)] + piece
        rest = rest.dropFirst(255)
      } while !rest.isEmpty
      return out
    }
  }

  static func text(_ bytes: [UInt8], type: UInt64) -> String {
    switch type {
    case 1 where bytes.count == 4: return "\"\(AddressText.ipv4(bytes))\""
    case 28 where bytes.count == 16: return "\"\(AddressText.ipv6(bytes))\""
    case _ where isName(type): return DNSName.decode(bytes).map { ByteText.literal($0) } ?? ByteText.literal(bytes)
    case 16:
      var texts: [[UInt8]] = []
      var rest = bytes[...]
      while let length = rest.first.map(Int.init), length < rest.count {
        texts.append(Array(rest.dropFirst().prefix(length)))
        rest = rest.dropFirst(1 + length)
      }
      guard rest.isEmpty, strings(texts) == bytes else { return ByteText.literal(bytes, always: true) }
      return "[\(texts.map { ByteText.literal($0) }.joined(separator: ", "))]"
    default: return ByteText.literal(bytes, always: true)
    }
  }
}
