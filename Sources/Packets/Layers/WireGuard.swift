/// WireGuard's first four bytes (wireguard.com/protocol).
enum Wireguard: FixedLayer {
  static let name = "Wireguard"
  static let size = 4
  static let fields: [Field] = [
    .names("message_type", 8, 1, [1: "initiate", 2: "respond", 3: "cookie reply", 4: "transport"]),
    .int("reserved_zero", 24),
  ]

  static func overload(under upper: LayerID) -> [(Int, FieldValue)] {
    switch upper {
    case .wireguardInitiation: [(0, 1)]
    case .wireguardResponse: [(0, 2)]
    case .wireguardCookie: [(0, 3)]
    case .wireguardTransport: [(0, 4)]
    default: []
    }
  }

  static func next(_ bytes: ByteView, _ start: Int, _ end: Int) -> LayerID? {
    switch bytes[start] {
    case 1: .wireguardInitiation
    case 2: .wireguardResponse
    case 3: .wireguardCookie
    case 4: .wireguardTransport
    default: nil
    }
  }
}

/// The first message of a handshake.
enum WireguardInitiation: FixedLayer {
  static let name = "WireguardInitiation"
  static let size = 144
  static let fields: [Field] = [
    .little("sender_index", 32), .fixed("unencrypted_ephemeral", 32), .fixed("encrypted_static", 48),
    .fixed("encrypted_timestamp", 28), .fixed("mac1", 16), .fixed("mac2", 16),
  ]
}

/// The second message of a handshake.
enum WireguardResponse: FixedLayer {
  static let name = "WireguardResponse"
  static let size = 88
  static let fields: [Field] = [
    .little("sender_index", 32), .little("receiver_index", 32), .fixed("unencrypted_ephemeral", 32),
    .fixed("encrypted_nothing", 16), .fixed("mac1", 16), .fixed("mac2", 16),
  ]
}

/// The answer of a responder under load.
enum WireguardCookie: FixedLayer {
  static let name = "WireguardCookieReply"
  static let size = 60
  static let fields: [Field] = [.little("receiver_index", 32), .fixed("nonce", 24), .fixed("encrypted_cookie", 32)]
}

/// An encrypted packet.
enum WireguardTransport: LayerType {
  static let name = "WireguardTransport"
  static let fields: [Field] = [
    .little("receiver_index", 32), .little("counter", 64), .rest("encrypted_encapsulated_packet"),
  ]

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    end - start >= 12 ? Header(end: end, limit: end, next: nil) : nil
  }
}
