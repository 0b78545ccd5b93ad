import BPF

/// A program's own Swift type, as the build plugin generates it: the object is embedded in the code, its programs, maps and
/// globals are properties.
///
///     let firewall = try await XDPFirewall.load()
///     firewall.maps.blockedPorts[443] = .init(protocols: 1)
///     let run = try firewall.programs.xdpFirewall.testRun(Ether()/IPv4()/TCP(dport: 443))
public protocol BPFSkeleton: Sendable {
  /// The object that all properties belong to.
  var object: BPFObject { get }
  /// The properties of an object that was opened from `embeddedObject`.
  init(object: BPFObject)
  /// The source's name, for messages.
  static var sourceName: String { get }
  /// The compiled object in base64.
  static var embeddedObject: StaticString { get }
}

extension BPFSkeleton {
  /// Opens the object without loading it, so that constants and sizes of maps can be set. With `programs`, they alone are
  /// going to be loaded.
  public static func open(programs: [String]? = nil) throws -> Self {
    Self(object: try BPFObject(bytes: bytes, name: sourceName, programs: programs))
  }

  /// The object.
  static var bytes: [UInt8] {
    get throws(BPFError) {
      if let bytes = Base64.decode(embeddedObject) { return bytes }
      throw BPFError(.badObject, operation: "opening the object embedded for `\(sourceName)`")
    }
  }

  /// Opens and loads the object, blocking the thread while the verifier works.
  public static func load(programs: [String]? = nil) throws -> Self {
    let skeleton = try open(programs: programs)
    try skeleton.object.load()
    return skeleton
  }

  /// Opens and loads the object, on a thread of its own.
  public static func load(programs: [String]? = nil) async throws -> Self {
    let skeleton = try open(programs: programs)
    try await skeleton.object.load()
    return skeleton
  }

  /// Loads an object that was opened, blocking the thread while the verifier works.
  public func load() throws { try object.load() }

  /// Loads an object that was opened, on a thread of its own.
  public func load() async throws { try await object.load() }

  /// Unloads everything; further use is an error.
  public func close() { object.close() }

  /// Throws what an assignment couldn't.
  public func check() throws { try object.check() }
}

/// Base64 with the usual alphabet (RFC 4648, section 4), as generated code has objects in it.
enum Base64 {
  /// `nil` for anything but whole groups of four with padding at most at the end.
  static func decode(_ text: StaticString) -> [UInt8]? {
    guard text.hasPointerRepresentation else { return nil }
    let digits = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    guard digits.count % 4 == 0 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 4 * 3)
    var index = 0
    while index < digits.count {
      let isLast = index + 4 == digits.count
      let padding = !isLast || digits[index + 3] != 0x3d ? 0 : digits[index + 2] == 0x3d ? 2 : 1
      var group: UInt32 = 0
      for place in 0..<4 {
        guard let value = place >= 4 - padding ? 0 : value(of: digits[index + place]) else { return nil }
        group = group << 6 | value
      }
      for place in 0..<(3 - padding) { bytes.append(UInt8(truncatingIfNeeded: group >> UInt32(16 - 8 * place))) }
      index += 4
    }
    return bytes
  }

  private static func value(of digit: UInt8) -> UInt32? {
    switch digit {
    case 0x41...0x5a: UInt32(digit) - 0x41
    case 0x61...0x7a: UInt32(digit) - 0x61 + 26
    case 0x30...0x39: UInt32(digit) - 0x30 + 52
    case 0x2b: 62
    case 0x2f: 63
    default: nil
    }
  }
}
