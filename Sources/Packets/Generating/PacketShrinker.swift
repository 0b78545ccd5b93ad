/// Looks for the smallest packet that still fails, by asking again and again.
///
/// ```swift
/// var shrinker = PacketShrinker(failing)
/// while let packet = shrinker.next() { shrinker.judge(fails: try run(packet)) }
/// print(shrinker.smallest.expression)
/// ```
public struct PacketShrinker: Sendable {
  /// The smallest packet known to fail.
  public private(set) var smallest: Packet
  /// How many packets were tried.
  public private(set) var attempts = 0
  private var layers: [Layer]
  private var candidates: [[Layer]] = []
  private var tried: [Layer]?
  /// Packets tried before it is content with what it has.
  private let most: Int

  /// Begins with a packet that fails.
  public init(_ failing: Packet, attempts most: Int = 2000) {
    smallest = failing
    layers = ExpressionPrinter.shortest(failing)
    self.most = most
    candidates = Self.smaller(layers).reversed()
  }

  /// A smaller packet to try, or `nil` when there is none left. Answer with `judge(fails:)` before asking for another.
  public mutating func next() -> Packet? {
    while attempts < most, let candidate = candidates.popLast() {
      let packet = Packet(layers: candidate)
      guard (try? packet.build()) != nil else { continue }
      attempts += 1
      tried = candidate
      return packet
    }
    return nil
  }

  /// Says whether the packet that `next()` gave still fails.
  public mutating func judge(fails: Bool) {
    guard let candidate = tried else { return }
    tried = nil
    guard fails else { return }
    layers = candidate
    smallest = Packet(layers: candidate)
    candidates = Self.smaller(layers).reversed()
  }

  /// The smallest packet for which `fails` is true, beginning with one that does.
  public static func shrink(
    _ failing: Packet, attempts: Int = 2000, while fails: (Packet) throws -> Bool
  ) rethrows -> Packet {
    var shrinker = PacketShrinker(failing, attempts: attempts)
    while let packet = shrinker.next() { shrinker.judge(fails: try fails(packet)) }
    return shrinker.smallest
  }

  /// Every step makes fewer layers, fewer given fields, fewer bytes or smaller numbers, so it comes to an end. The big steps
  /// come first.
  private static func smaller(_ layers: [Layer]) -> [[Layer]] {
    var out: [[Layer]] = []
    // All above a layer, from the lowest; then single ones.
    for count in 1..<max(1, layers.count) { out.append(Array(layers.prefix(count))) }
    if layers.count > 2 {
      for index in 1..<layers.count - 1 {
        var fewer = layers
        fewer.remove(at: index)
        out.append(fewer)
      }
    }
    for (index, layer) in layers.enumerated() {
      for (field, value) in layer.values.enumerated() {
        guard let value else { continue }
        for smaller in [nil] + self.smaller(value, of: layer.id.type.fields[field]) {
          var simpler = layers
          simpler[index].values[field] = smaller
          out.append(simpler)
        }
      }
    }
    return out
  }

  private static func smaller(_ value: FieldValue, of field: Field) -> [FieldValue?] {
    switch value {
    case .number(let number):
      // Zero, and then nearer and nearer: what fails from some number on is found in few steps.
      var out: [UInt64] = []
      var step = number
      while step > 0 {
        out.append(number - step)
        step /= 2
      }
      return out.map { .number($0) }
    case .bytes(let bytes):
      guard !bytes.isEmpty else { return [] }
      var out: [FieldValue?] = []
      if field.bits == nil {
        let counts = Set([0, bytes.count / 2, bytes.count - 8, bytes.count - 1]).filter { $0 >= 0 && $0 < bytes.count }
        out = counts.sorted().map { .bytes(Array(bytes.prefix($0))) }
      }
      if bytes.contains(where: { $0 != 0 }) { out.append(.bytes(Array(repeating: 0, count: bytes.count))) }
      return out
    }
  }
}
