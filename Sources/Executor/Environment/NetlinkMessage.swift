import CBPFShims

/// An rtnetlink request as it is written: `struct nlmsghdr`, a fixed part that depends on the type, attributes
/// (include/uapi/linux/netlink.h, netlink(7)). All numbers are in host order unless an attribute says otherwise.
struct NetlinkMessage {
  private(set) var bytes: [UInt8]

  /// `NLMSG_HDRLEN`: length (4), type (2), flags (2), sequence number (4), port (4).
  static let headerSize = 16

  /// - Parameters:
  ///   - type: `RTM_*`.
  ///   - flags: `NLM_F_*` beyond `NLM_F_REQUEST` and `NLM_F_ACK`, which every request has.
  ///   - fixed: `struct ifinfomsg`, `struct ifaddrmsg` …
  init(type: Int, flags: Int32 = 0, fixed: [UInt8]) {
    bytes = Self.raw(UInt32(0)) + Self.raw(UInt16(truncatingIfNeeded: type))
    bytes += Self.raw(UInt16(truncatingIfNeeded: flags | NLM_F_REQUEST | NLM_F_ACK))
    bytes += Self.raw(UInt32(0)) + Self.raw(UInt32(0)) + fixed
    align()
  }

  /// Adds an attribute: length (2), type (2), payload, and zeros up to a multiple of four (`struct rtattr`).
  mutating func add(_ type: some BinaryInteger, _ payload: [UInt8]) {
    bytes += Self.raw(UInt16(truncatingIfNeeded: 4 + payload.count)) + Self.raw(UInt16(truncatingIfNeeded: type))
    bytes += payload
    align()
  }

  mutating func add(_ type: some BinaryInteger, _ number: UInt32) { add(type, Self.raw(number)) }

  /// A string with its zero.
  mutating func add(_ type: some BinaryInteger, _ text: String) { add(type, [UInt8](text.utf8) + [0]) }

  /// Adds an attribute that holds what `body` adds.
  mutating func nest(_ type: some BinaryInteger, _ body: (inout NetlinkMessage) -> Void) {
    let start = bytes.count
    add(type, [])
    body(&self)
    set(UInt16(truncatingIfNeeded: bytes.count - start), at: start)
  }

  /// A fixed part inside an attribute, such as the `struct ifinfomsg` of a veth's peer.
  mutating func append(fixed: [UInt8]) {
    bytes += fixed
    align()
  }

  /// The finished request.
  func numbered(_ sequence: UInt32) -> [UInt8] {
    var copy = self
    copy.set(UInt32(truncatingIfNeeded: bytes.count), at: 0)
    copy.set(sequence, at: 8)
    return copy.bytes
  }

  private mutating func align() {
    while bytes.count % 4 != 0 { bytes.append(0) }
  }

  private mutating func set(_ value: some FixedWidthInteger, at offset: Int) {
    let raw = Self.raw(value)
    bytes.replaceSubrange(offset..<(offset + raw.count), with: raw)
  }

  static func raw(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value) { [UInt8]($0) } }

  /// `struct ifinfomsg`: family, padding, type of device, index, flags, which flags to change.
  static func linkPart(index: UInt32 = 0, flags: UInt32 = 0, change: UInt32 = 0) -> [UInt8] {
    [0, 0, 0, 0] + raw(index) + raw(flags) + raw(change)
  }

  /// `struct ifaddrmsg`: family, prefix length, flags, scope, index.
  static func addressPart(family: Int32, prefixLength: UInt8, flags: UInt8, index: UInt32) -> [UInt8] {
    [UInt8(truncatingIfNeeded: family), prefixLength, flags, 0] + raw(index)
  }
}
