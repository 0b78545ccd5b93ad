extension BTFValue: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
  public init(arrayLiteral elements: BTFValue...) { self = .list(elements) }

  /// Members of a struct by name: `["hits": 0, "protocols": 1]`.
  public init(dictionaryLiteral elements: (String, BTFValue)...) {
    self = .fields(elements.map { Field($0.0, $0.1) })
  }
}

extension BTFValue {
  /// The member of that name; `nil` when there is none, or this is no struct.
  public subscript(_ name: String) -> BTFValue? {
    guard case .fields(let fields) = self else { return nil }
    return fields.first { $0.name == name }?.value
  }

  /// The element at that place of a list; `nil` when there is none.
  public subscript(_ index: Int) -> BTFValue? {
    guard case .list(let items) = self, items.indices.contains(index) else { return nil }
    return items[index]
  }

  /// The number; `nil` for anything else than an integer or a boolean.
  public var integer: Int128? {
    switch self {
    case .integer(let number): number
    case .bool(let flag): flag ? 1 : 0
    default: nil
    }
  }
}
