import BPF
import Packets

/// How a captured frame becomes a packet that a program can be run with: from its Ethernet header on.
///
/// Captures of tunnels and of all interfaces have no such header (raw IP, Linux cooked). One is made up, since a test run
/// wants one: zeros, the loopback device's own address, but for the sender that a cooked header tells of. A program that sees
/// the network layer never looks at it.
struct CapturedPacket: Sendable {
  static let keys = ["ether", "truncated"]

  /// The addresses of headers that are made up, where the fixture gives them.
  private var destination: [UInt8]?
  private var source: [UInt8]?
  /// Whether the fixture says how the header is to be.
  private(set) var hasHeader = false
  /// Whether frames that were cut when they were captured are run as they are.
  private(set) var runsCut = false

  enum Outcome {
    /// `isBare` when the frame had no Ethernet header, and the fixture gives none.
    case packet([UInt8], isBare: Bool)
    /// Cut when it was captured, and not to be run.
    case cut(String)
    case problem(String)
  }

  init() {}

  /// Reads `ether: { dst: …, src: … }` and `truncated: run`.
  init(_ fields: Fields, _ complaints: Complaints) {
    if let text = fields.text("truncated") {
      guard text.value == "run" || text.value == "skip" else {
        complaints.add(text.position, "`truncated` is run or skip, and here is `\(text.value)`")
        return
      }
      runsCut = text.value == "run"
    }
    guard let node = fields["ether"], let ether = Fields(node, of: "`ether`", known: ["dst", "src"], complaints) else {
      return
    }
    hasHeader = true
    func address(_ key: String) -> [UInt8]? {
      guard let text = ether.text(key) else { return nil }
      if let bytes = Address.bytes(text.value, size: 6) { return bytes }
      complaints.add(text.position, "`\(key)` is a MAC address such as 02:00:00:00:00:01, and here is `\(text.value)`")
      return nil
    }
    destination = address("dst")
    source = address("src")
  }

  /// What a program is run with.
  func packet(_ frame: CaptureFrame, number: Int, of name: String) -> Outcome {
    let what = "frame \(number) of `\(name)`"
    if frame.bytes.count < frame.originalLength, !runsCut {
      return .cut("\(what) was cut short when it was captured: \(frame.bytes.count) of \(frame.originalLength) bytes")
    }
    let bytes = frame.bytes
    func u16(_ at: Int) -> Int { Int(bytes[at]) << 8 | Int(bytes[at + 1]) }
    switch frame.linkType.link {
    case .ethernet?: return .packet(bytes, isBare: false)
    case .rawIP?:
      switch bytes.first.map({ $0 >> 4 }) {
      case 4: return .packet(header(type: 0x0800) + bytes, isBare: !hasHeader)
      case 6: return .packet(header(type: 0x86dd) + bytes, isBare: !hasHeader)
      default: return .problem("\(what) is neither IPv4 nor IPv6, though its link type is \(frame.linkType)")
      }
    case .linuxCooked?:
      guard bytes.count >= 16 else { return .problem("\(what) has no whole \(frame.linkType) header") }
      return cooked(what, type: u16(14), sender: u16(4) == 6 ? Array(bytes[6..<12]) : nil, u16(0), bytes[16...])
    case .linuxCooked2?:
      guard bytes.count >= 20 else { return .problem("\(what) has no whole \(frame.linkType) header") }
      return cooked(
        what, type: u16(0), sender: bytes[11] == 6 ? Array(bytes[12..<18]) : nil, Int(bytes[10]), bytes[20...])
    case nil: return .problem("\(what) is of \(frame.linkType), and a packet is Ethernet, raw IP or Linux cooked")
    }
  }

  /// - Parameter kind: whom the packet was for; 1 is everybody.
  private func cooked(
    _ what: String, type: Int, sender: [UInt8]?, _ kind: Int, _ rest: ArraySlice<UInt8>
  ) -> Outcome {
    // Smaller numbers are Linux's own, such as 4 for LLC (linux/if_ether.h).
    guard type >= 0x600 else {
      return .problem(
        "\(what) has the protocol \(type), which is no EtherType: no Ethernet header can be made up for it")
    }
    let everybody = kind == 1 ? [UInt8](repeating: 0xff, count: 6) : nil
    return .packet(header(type: type, sender, everybody) + rest, isBare: !hasHeader)
  }

  private func header(type: Int, _ sender: [UInt8]? = nil, _ receiver: [UInt8]? = nil) -> [UInt8] {
    let zeros = [UInt8](repeating: 0, count: 6)
    return (destination ?? receiver ?? zeros) + (source ?? sender ?? zeros) + [UInt8(type >> 8), UInt8(type & 0xff)]
  }

  /// For a packet whose header nobody gave, and a program that sees it.
  static func bare(_ number: Int, of name: String) -> String {
    "frame \(number) of `\(name)` has no Ethernet header, which XDP programs see"
  }

  static let bareHint = "give the header's addresses: ether: { dst: \"02:00:00:00:00:01\", src: \"02:00:00:00:00:02\" }"
}
