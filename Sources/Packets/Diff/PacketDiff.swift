/// What is different between two packets, by layer and field.
public struct PacketDiff: Sendable {
  let layers: [LayerDiff]
  let sizes: (expected: Int, seen: Int)
  let isSame: Bool

  /// Compares two packets as bytes; both are dissected from the same link layer. What `masks` name may differ.
  public init(expected: [UInt8], seen: [UInt8], from link: LinkLayer = .ethernet, ignoring masks: [FieldMask] = []) {
    self.init(
      (expected, { Packet(dissecting: expected, from: link) }), (seen, { Packet(dissecting: seen, from: link) }), masks)
  }

  /// Compares two packets of the same link layer; bytes of which nobody said what they begin with follow the other packet.
  /// Expressions without a link layer (`TCP()`) are compared as they were written.
  public init(expected: InputPacket, seen: InputPacket, ignoring masks: [FieldMask] = []) {
    let (a, b) = (expected.frame.bytes, seen.frame.bytes)
    if let link = Self.link(expected, seen) {
      self.init(expected: a, seen: b, from: link, ignoring: masks)
    } else {
      self.init((a, { expected.packet.asBuilt }), (b, { seen.packet.asBuilt }), masks)
    }
  }

  private init(
    _ expected: (bytes: [UInt8], packet: () -> Packet), _ seen: (bytes: [UInt8], packet: () -> Packet),
    _ masks: [FieldMask]
  ) {
    sizes = (expected.bytes.count, seen.bytes.count)
    if expected.bytes == seen.bytes {
      layers = []
    } else {
      layers = LayerDiff.compare(DissectedPacket(expected.packet()), DissectedPacket(seen.packet()), masks)
    }
    isSame = layers.allSatisfy(\.isSame)
  }

  private static func link(_ a: InputPacket, _ b: InputPacket) -> LinkLayer? {
    if case .bytes(isGuess: true) = a.origin { return b.link ?? a.link }
    if case .bytes(isGuess: true) = b.origin { return a.link ?? b.link }
    return a.link == b.link ? a.link : nil
  }

  /// True when the packets are the same, byte for byte but for what is masked.
  public var isEmpty: Bool { isSame }

  /// The first difference and how many more there are, in one line: `IP.ttl: expected 63, seen 64 (+2 more)`.
  public var summary: String {
    let all = layers.flatMap(\.summaries)
    guard let first = all.first else { return isSame ? "no difference" : sizeText }
    return all.count > 1 ? "\(first) (+\(all.count - 1) more)" : first
  }

  var sizeText: String { "expected \(sizes.expected) bytes, seen \(sizes.seen) bytes" }

  /// Expected and seen side by side: the fields that differ, one more before and after them, and their offsets in bytes.
  ///
  /// Lines end without a line break after the last; colours are ANSI escapes.
  public func render(color: Bool = false) -> String {
    DiffRenderer(color: color).render(self)
  }
}

/// One layer of the two packets, or of one of them.
struct LayerDiff: Sendable {
  /// `IP`, or `IP[2]` for the second one.
  var title: String
  var fields: [FieldDiff]
  /// Set when only one packet has the layer.
  var lone: Lone?
  /// Set when it may differ as a whole.
  var isMasked = false

  enum Lone: Sendable { case expected, seen }

  var isSame: Bool { isMasked || (lone == nil && fields.allSatisfy(\.isSame)) }

  /// A line for each difference.
  var summaries: [String] {
    if isSame { return [] }
    switch lone {
    case .expected: return ["\(title): expected, but not there"]
    case .seen: return ["\(title): not expected, but there"]
    case nil: break
    }
    return fields.filter { !$0.isSame }.map { "\(title).\($0.summary)" }
  }

  /// Lays the layers of two packets side by side, so that as many as can be have a partner of their kind.
  static func compare(
    _ expected: DissectedPacket, _ seen: DissectedPacket, _ masks: [FieldMask]
  ) -> [LayerDiff] {
    let (a, b) = (expected.layers, seen.layers)
    // Longest common subsequence; packets have at most a few dozen layers.
    var best = Array(repeating: Array(repeating: 0, count: b.count + 1), count: a.count + 1)
    for i in stride(from: a.count - 1, through: 0, by: -1) {
      for j in stride(from: b.count - 1, through: 0, by: -1) {
        best[i][j] = a[i].id == b[j].id ? best[i + 1][j + 1] + 1 : max(best[i + 1][j], best[i][j + 1])
      }
    }
    var out: [LayerDiff] = []
    func append(_ a: DissectedPacket.LayerView?, _ b: DissectedPacket.LayerView?) {
      guard let view = b ?? a else { return }
      let mine = masks.filter { $0.layer == view.id }
      out.append(
        LayerDiff(
          title: view.title, fields: FieldDiff.compare(a, b, masked: Set(mine.compactMap(\.field))),
          lone: a == nil ? .seen : b == nil ? .expected : nil, isMasked: mine.contains { $0.field == nil }))
    }
    var (i, j) = (0, 0)
    while i < a.count || j < b.count {
      if i < a.count, j < b.count, a[i].id == b[j].id {
        append(a[i], b[j])
        (i, j) = (i + 1, j + 1)
      } else if j == b.count || (i < a.count && best[i + 1][j] >= best[i][j + 1]) {
        append(a[i], nil)
        i += 1
      } else {
        append(nil, b[j])
        j += 1
      }
    }
    return out
  }
}
