/// The names that a field of an expression takes for numbers: its own and Scapy's.
struct ValueNames {
  private let own: [UInt64: String]
  private let scapy: ScapyNames.Table?

  /// `nil` when the field takes numbers alone.
  init?(_ field: Field, _ call: ExpressionCall) {
    let layer = LayerID.named(call.name)?.type.name ?? call.name
    if case .names(let names, _) = field.kind { own = names } else { own = [:] }
    scapy = ScapyNames.table(layer, field.name, selector: Self.selector(of: field, call))
    if own.isEmpty, scapy == nil { return nil }
  }

  /// What the names of a field depend on: those of an ICMP code on the type, where it was given.
  private static func selector(of field: Field, _ call: ExpressionCall) -> UInt64? {
    guard field.name == "code", let type = call.arguments.first(where: { $0.name == "type" })?.value else { return nil }
    switch type.kind {
    case .number(let number): return UInt64(exactly: number)
    case .bytes(let text): return number(String(decoding: text, as: UTF8.self), of: "type", in: call)
    default: return nil
    }
  }

  /// The number behind a name of a layer's field.
  static func number(_ text: String, of field: String, in call: ExpressionCall) -> UInt64? {
    guard let field = LayerID.named(call.name)?.type.fields.first(where: { $0.name == field }) else { return nil }
    return ValueNames(field, call)?.number(text)
  }

  /// What a name stands for, in whatever case it is written.
  func number(_ text: String) -> UInt64? {
    let lowered = text.lowercased()
    return own.first { $0.value.lowercased() == lowered }?.key ?? scapy?.number(text)
  }

  /// What a wrong name was probably meant to be, or what there is to choose from.
  func hint(_ wrong: String, _ parser: ExpressionParser) -> String {
    let all = Set(own.values).union(scapy.map { Array($0.numbers.keys) } ?? []).sorted()
    // Our own are the common ones.
    let common = parser.nearest(wrong, own.values.sorted())
    let near = common.isEmpty ? parser.nearest(wrong, all) : common
    return near.isEmpty && all.count <= 16 ? " (it has \(all.joined(separator: ", ")))" : near
  }
}
