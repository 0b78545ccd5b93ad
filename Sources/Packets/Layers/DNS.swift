/// A message of the domain name system (RFC 1035) in a datagram.
enum DNS: LayerType {
  static let name = "DNS"
  static let question: [UInt8] = Layer(.dnsQuestion).encode(under: nil).bytes
  static let fields: [Field] = layout(after: 0)

  /// The fields of a message with so many bytes before it.
  static func layout(after before: Int) -> [Field] {
    [
      .int("id", 16), .int("qr", 1), .names("opcode", 4, 0, [0: "QUERY", 1: "IQUERY", 2: "STATUS"]), .int("aa", 1),
      .int("tc", 1), .int("rd", 1, 1), .int("ra", 1), .int("z", 1), .int("ad", 1), .int("cd", 1),
      .names(
        "rcode", 4, 0,
        [0: "ok", 1: "format-error", 2: "server-failure", 3: "name-error", 4: "not-implemented", 5: "refused"]),
      .length("qdcount", 16), .length("ancount", 16), .length("nscount", 16), .length("arcount", 16),
      Field(
        "qd", .layers(DNSQuestions.self), .bytes { DNSWire.questions($0.rest, $0.u16(before + 4)) ?? 0 },
        .bytes(question)),
      Field("an", .layers(DNSRecords.self), .bytes { DNSWire.records($0.rest, $0.u16(before + 6)) ?? 0 }, .bytes([])),
      Field("ns", .layers(DNSRecords.self), .bytes { DNSWire.records($0.rest, $0.u16(before + 8)) ?? 0 }, .bytes([])),
      Field("ar", .layers(DNSRecords.self), .bytes { DNSWire.records($0.rest, $0.u16(before + 10)) ?? 0 }, .bytes([])),
    ]
  }

  static func prepare(_ values: inout [FieldValue?]) { prepare(&values, after: 0) }

  /// Counts the sections; `index` is the number of fields before the message's own.
  static func prepare(_ values: inout [FieldValue?], after index: Int) {
    for section in 0..<4 where values[index + 11 + section] == nil {
      let bytes = values[index + 15 + section]?.bytes ?? (section == 0 ? question : [])
      let count = section == 0 ? DNSWire.count(bytes, DNSWire.questions) : DNSWire.count(bytes, DNSWire.records)
      values[index + 11 + section] = .number(UInt64(count) & 0xffff)
    }
  }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end - start >= 12 else { return nil }
    var rest = Array(bytes.base[start + 12..<end])[...]
    guard let questions = DNSWire.questions(rest, Int(bytes.u16(start + 4))) else { return nil }
    rest = rest.dropFirst(questions)
    for section in 1...3 {
      guard let count = DNSWire.records(rest, Int(bytes.u16(start + 4 + 2 * section))) else { return nil }
      rest = rest.dropFirst(count)
    }
    return Header(end: end - rest.count, limit: end, next: nil)
  }
}

/// A message in a stream, with its length before it (RFC 1035 section 4.2.2). `TCP()/DNS()` means this, too.
enum DNSOverTCP: LayerType {
  static let name = "DNSTCP"
  static let fields: [Field] = [.length("length", 16)] + DNS.layout(after: 2)

  static func prepare(_ values: inout [FieldValue?]) {
    DNS.prepare(&values, after: 1)
    guard values[0] == nil else { return }
    // Twelve bytes of numbers, and the sections.
    let sections = (16..<20).map { values[$0]?.bytes.count ?? ($0 == 16 ? DNS.question.count : 0) }
    values[0] = .number(UInt64(truncatingIfNeeded: 12 + sections.reduce(0, +)))
  }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end - start >= 14, start + 2 + Int(bytes.u16(start)) <= end else { return nil }
    return DNS.dissect(bytes, start + 2, start + 2 + Int(bytes.u16(start))).map { header in
      Header(end: header.end, limit: end, next: nil)
    }
  }
}

/// The shape of a message's sections.
enum DNSWire {
  /// Bytes of the name at the start: labels up to the empty one, or up to a pointer (RFC 1035 section 4.1.4).
  static func name(_ bytes: ArraySlice<UInt8>) -> Int? {
    var at = bytes.startIndex
    while at < bytes.endIndex {
      let length = Int(bytes[at])
      if length == 0 { return at + 1 - bytes.startIndex }
      if length & 0xc0 == 0xc0 { return at + 2 <= bytes.endIndex ? at + 2 - bytes.startIndex : nil }
      guard length < 64 else { return nil }
      at += 1 + length
    }
    return nil
  }

  /// Bytes of so many questions.
  static func questions(_ bytes: ArraySlice<UInt8>, _ count: Int) -> Int? {
    var used = 0
    for _ in 0..<count {
      guard let name = name(bytes.dropFirst(used)), used + name + 4 <= bytes.count else { return nil }
      used += name + 4
    }
    return used
  }

  /// Bytes of so many records.
  static func records(_ bytes: ArraySlice<UInt8>, _ count: Int) -> Int? {
    var used = 0
    for _ in 0..<count {
      guard let name = name(bytes.dropFirst(used)), used + name + 10 <= bytes.count else { return nil }
      let at = bytes.startIndex + used + name + 8
      used += name + 10 + (Int(bytes[at]) << 8 | Int(bytes[at + 1]))
      guard used <= bytes.count else { return nil }
    }
    return used
  }

  /// How many items make up all the bytes.
  static func count(_ bytes: [UInt8], _ measure: (ArraySlice<UInt8>, Int) -> Int?) -> Int {
    var count = 0
    var rest = bytes[...]
    while !rest.isEmpty, let used = measure(rest, 1), used > 0 {
      rest = rest.dropFirst(used)
      count += 1
    }
    return count
  }

  /// Each item's bytes.
  static func split(
    _ bytes: [UInt8], _ measure: (ArraySlice<UInt8>, Int) -> Int?, _ item: (ArraySlice<UInt8>) -> Layer?
  ) -> [Layer]? {
    var layers: [Layer] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      guard let used = measure(rest, 1), let layer = item(rest.prefix(used)) else { return nil }
      layers.append(layer)
      rest = rest.dropFirst(used)
    }
    return layers
  }
}

enum DNSQuestions: LayerList {
  static let noun = "a DNS question"
  static func accepts(_ id: LayerID) -> Bool { id == .dnsQuestion }
  static func split(_ bytes: [UInt8]) -> [Layer]? {
    DNSWire.split(bytes, DNSWire.questions) { Layer.item(.dnsQuestion, $0) }
  }
}

enum DNSRecords: LayerList {
  static let noun = "a DNS resource record"

  static func accepts(_ id: LayerID) -> Bool {
    switch id {
    case .dnsRecord, .dnsMX, .dnsSOA, .dnsSRV, .dnsOPT: true
    default: false
    }
  }

  static func split(_ bytes: [UInt8]) -> [Layer]? {
    DNSWire.split(bytes, DNSWire.records) { record in
      guard let name = DNSWire.name(record) else { return nil }
      let at = record.startIndex + name
      let special: LayerID =
        switch Int(record[at]) << 8 | Int(record[at + 1]) {
        case 6: .dnsSOA
        case 15: .dnsMX
        case 33: .dnsSRV
        case 41: .dnsOPT
        default: .dnsRecord
        }
      guard let layer = Layer.item([special, .dnsRecord], record) else { return nil }
      // Data that should be a name, and isn't one, can't be written as one.
      if layer.id == .dnsRecord, DNSData.isName(layer.values[1]?.number ?? 1), let data = layer.values[6]?.bytes,
        DNSName.decode(data) == nil, DNSName.encode(data) != data
      {
        return nil
      }
      return layer
    }
  }
}
