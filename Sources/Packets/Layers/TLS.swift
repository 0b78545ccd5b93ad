/// A record of transport layer security (RFC 8446 section 5.1). What isn't a hello stays bytes, encrypted or not.
enum TLS: LayerType {
  static let name = "TLS"
  static let types: [UInt64: String] = [
    20: "change_cipher_spec", 21: "alert", 22: "handshake", 23: "application_data",
  ]
  static let versions: [UInt64: String] = [
    0x0300: "SSLv3", 0x0301: "TLS 1.0", 0x0302: "TLS 1.1", 0x0303: "TLS 1.2", 0x0304: "TLS 1.3",
  ]
  static let fields: [Field] = [
    .names("type", 8, 22, types), .names("version", 16, 0x0303, versions, hex: true), .length("len", 16),
    Field("msg", .layers(TLSMessages.self), .rest, .bytes([])),
  ]

  static func prepare(_ values: inout [FieldValue?]) { values.setLength(2, of: 3) }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end - start >= 5 else { return nil }
    let after = start + 5 + Int(bytes.u16(start + 3))
    guard after <= end else { return nil }
    return Header(end: after, limit: end, next: layer(bytes, after, end))
  }

  /// `.tls` where a whole record lies. A segment in the middle of a stream has none at its start.
  static func layer(_ bytes: ByteView, _ start: Int, _ end: Int) -> LayerID? {
    guard end - start >= 5, (20...23).contains(bytes[start]), bytes[start + 1] == 3, bytes[start + 2] <= 4,
      start + 5 + Int(bytes.u16(start + 3)) <= end
    else { return nil }
    return .tls
  }
}

/// The messages in a record.
enum TLSMessages: LayerList {
  static let noun = "a TLS message"
  static func accepts(_ id: LayerID) -> Bool { id == .tlsClientHello || id == .raw }

  static func split(_ bytes: [UInt8]) -> [Layer]? {
    guard bytes.count >= 4, bytes[0] == 1, let hello = Layer.item(.tlsClientHello, bytes[...]) else { return nil }
    return [hello]
  }
}

/// The first message of a handshake (RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2).
enum TLSClientHello: ItemType {
  static let name = "TLSClientHello"
  static let fields: [Field] = [
    .int("msgtype", 8, 1), .length("msglen", 24), .names("version", 16, 0x0303, TLS.versions, hex: true),
    .hex("gmt_unix_time", 32), .fixed("random_bytes", 28), .length("sidlen", 8), .bytes("sid") { $0.u8(38) },
    .length("cipherslen", 16),
    Field("ciphers", .numbers(2), .bytes { $0.u16($0.position - 2) }, .bytes([])),
    .length("complen", 8), Field("comp", .numbers(1), .bytes { $0.u8($0.position - 1) }, .bytes([0])),
    Field("extlen", .decimal, .bytes { min(2, $0.rest.count) }, .bytes([]), computed: true),
    Field("ext", .layers(TLSExtensions.self), .rest, .bytes([])),
  ]

  static func prepare(_ values: inout [FieldValue?]) {
    let extensions = values[12]?.bytes ?? []
    values[11] = TLSExtensions.lengthField(values[11], extensions)
    let parts = [values[6]?.bytes ?? [], values[8]?.bytes ?? [], values[10]?.bytes ?? [0], values[11]?.bytes ?? []]
    if values[1] == nil {
      values[1] = .number(UInt64(truncatingIfNeeded: 38 + parts.reduce(0) { $0 + $1.count } + extensions.count))
    }
    values.setLength(5, of: 6)
    values.setLength(7, of: 8)
    if values[9] == nil { values[9] = .number(UInt64(truncatingIfNeeded: parts[2].count)) }
  }
}

/// The extensions of a hello.
enum TLSExtensions: LayerList {
  static let noun = "a TLS extension"

  static func accepts(_ id: LayerID) -> Bool {
    switch id {
    case .tlsUnknown, .tlsServerName, .tlsALPN: true
    default: false
    }
  }

  /// Two bytes of length before a list, which are not there when the list is empty and no length was given.
  static func lengthField(_ given: FieldValue?, _ list: [UInt8]) -> FieldValue {
    func bytes(_ length: UInt64) -> FieldValue { .bytes([UInt8(length >> 8 & 0xff), UInt8(length & 0xff)]) }
    if let given { return bytes(given.number) }
    return list.isEmpty ? .bytes([]) : bytes(UInt64(truncatingIfNeeded: list.count))
  }

  static func split(_ bytes: [UInt8]) -> [Layer]? {
    func measure(_ bytes: ArraySlice<UInt8>, _ count: Int) -> Int? {
      guard bytes.count >= 4 else { return nil }
      let length = 4 + (Int(bytes[bytes.startIndex + 2]) << 8 | Int(bytes[bytes.startIndex + 3]))
      return length <= bytes.count ? length : nil
    }
    return DNSWire.split(bytes, measure) { item in
      switch Int(item[item.startIndex]) << 8 | Int(item[item.startIndex + 1]) {
      case 0: Layer.item([.tlsServerName, .tlsUnknown], item)
      case 16: Layer.item([.tlsALPN, .tlsUnknown], item)
      default: Layer.item(.tlsUnknown, item)
      }
    }
  }
}

/// An extension that has no layer of its own.
enum TLSUnknown: ItemType {
  static let name = "TLS_Ext_Unknown"
  static let fields: [Field] = [.int("type", 16), .length("len", 16), .rest("val")]
  static func prepare(_ values: inout [FieldValue?]) { values.setLength(1, of: 2) }
}

/// The server's name, SNI (RFC 6066 section 3).
enum TLSServerName: ItemType {
  static let name = "TLS_Ext_ServerName"
  static let fields: [Field] = [
    .int("type", 16, 0), .length("len", 16),
    Field("servernameslen", .decimal, .bytes { min(2, $0.rest.count) }, .bytes([]), computed: true),
    Field("servernames", .layers(TLSNames.self), .rest, .bytes([])),
  ]

  static func prepare(_ values: inout [FieldValue?]) {
    let names = values[3]?.bytes ?? []
    values[2] = TLSExtensions.lengthField(values[2], names)
    if values[1] == nil { values[1] = .number(UInt64(truncatingIfNeeded: names.count + 2)) }
  }
}

enum TLSNames: LayerList {
  static let noun = "a server name"
  static func accepts(_ id: LayerID) -> Bool { id == .tlsName }

  static func split(_ bytes: [UInt8]) -> [Layer]? {
    func measure(_ bytes: ArraySlice<UInt8>, _ count: Int) -> Int? {
      guard bytes.count >= 3 else { return nil }
      let length = 3 + (Int(bytes[bytes.startIndex + 1]) << 8 | Int(bytes[bytes.startIndex + 2]))
      return length <= bytes.count ? length : nil
    }
    return DNSWire.split(bytes, measure) { Layer.item(.tlsName, $0) }
  }
}

enum TLSName: ItemType {
  static let name = "ServerName"
  static let fields: [Field] = [.int("nametype", 8), .length("namelen", 16), .rest("servername")]
  static func prepare(_ values: inout [FieldValue?]) { values.setLength(1, of: 2) }
}

/// The protocols that the client speaks (RFC 7301).
enum TLSALPN: ItemType {
  static let name = "TLS_Ext_ALPN"
  static let fields: [Field] = [
    .int("type", 16, 16), .length("len", 16), .length("protocolslen", 16),
    Field("protocols", .layers(TLSProtocols.self), .rest, .bytes([])),
  ]

  static func prepare(_ values: inout [FieldValue?]) {
    values.setLength(1, of: 3, plus: 2)
    values.setLength(2, of: 3)
  }
}

enum TLSProtocols: LayerList {
  static let noun = "a protocol name"
  static func accepts(_ id: LayerID) -> Bool { id == .tlsProtocol }

  static func split(_ bytes: [UInt8]) -> [Layer]? {
    func measure(_ bytes: ArraySlice<UInt8>, _ count: Int) -> Int? {
      bytes.first.map { 1 + Int($0) }.flatMap { $0 <= bytes.count ? $0 : nil }
    }
    return DNSWire.split(bytes, measure) { Layer.item(.tlsProtocol, $0) }
  }
}

enum TLSProtocol: ItemType {
  static let name = "ProtocolName"
  static let fields: [Field] = [.length("len", 8), .rest("protocol")]
  static func prepare(_ values: inout [FieldValue?]) { values.setLength(0, of: 1) }
}
