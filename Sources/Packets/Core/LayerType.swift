/// One protocol layer: its fields, what it computes when it is built, and how it is recognised in bytes.
///
/// Conforming types are never instantiated; they are the rows of a table.
protocol LayerType {
  /// Scapy's class name.
  static var name: String { get }
  /// The fields in the order of their bits.
  static var fields: [Field] { get }
  /// The header is filled with zeros up to a multiple of this many bytes.
  static var alignment: Int { get }
  /// Gives values that depend on what else was given, before the fields are written.
  static func prepare(_ values: inout [FieldValue?])
  /// Fields that take a value because of the layer above, unless they were given: (index, value).
  static func overload(under upper: LayerID) -> [(Int, FieldValue)]
  /// Fills in lengths and checksums that were not given. Layers above are finished already.
  static func finish(_ index: Int, _ build: Build) throws(PacketBuildError)
  /// Reads the header in `start..<end`; `nil` when there are too few bytes for one.
  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header?
}

extension LayerType {
  static var alignment: Int { 1 }
  static func prepare(_ values: inout [FieldValue?]) {}
  static func overload(under upper: LayerID) -> [(Int, FieldValue)] { [] }
  static func finish(_ index: Int, _ build: Build) throws(PacketBuildError) {}
}

/// What a layer says of its bytes when it is dissected.
struct Header {
  /// Where its own bytes end.
  var end: Int
  /// Where what it carries ends; anything after that is padding.
  var limit: Int
  /// Who reads what it carries. `nil`: nobody, it is `Raw`.
  var next: LayerID?
  /// Why it is `Raw`, when that is worth a word.
  var reason: RawReason = .none
}

/// Why bytes were left unread.
enum RawReason: UInt8, Hashable, Sendable {
  case none, tooShort, badHeaderLength, fragment, tooDeep
}

/// One layer of a packet: which, where, and what of it was given rather than computed.
struct Slot: Hashable, Sendable {
  var id: LayerID
  var reason: RawReason = .none
  /// For a `Raw` with a reason: the layer that the bytes were to be.
  var wanted: LayerID = .raw
  /// Byte offsets of the header in the packet.
  var start: UInt32
  var end: UInt32
  /// A bit for each field, by index: set when its value is the author's.
  var given: UInt64

  var range: Range<Int> { Int(start)..<Int(end) }
  func isGiven(_ field: Int) -> Bool { given >> UInt64(field) & 1 == 1 }
}

/// Bytes of a packet, read in network order. The caller has checked the offsets against the range it was handed.
struct ByteView {
  let base: UnsafeBufferPointer<UInt8>

  subscript(_ at: Int) -> UInt8 { base[at] }
  func u16(_ at: Int) -> UInt16 { UInt16(base[at]) << 8 | UInt16(base[at + 1]) }
}
