/// A value as people write it, before BTF says how it lies in memory, or after.
public enum BTFValue: Sendable, Hashable {
  case integer(Int128)
  /// An integer of 2¹²⁷ or more, as only an `unsigned __int128` holds; smaller ones are an `integer`.
  case unsigned(UInt128)
  case bool(Bool)
  /// A floating-point number: programs can't compute with such, but their maps may carry them.
  case float(Double)
  /// A string, the name of an enumerator, or an address in its usual notation.
  case text(String)
  case bytes([UInt8])
  case list([BTFValue])
  case fields([Field])
  case null

  /// A named member.
  public struct Field: Sendable, Hashable {
    public var name: String
    public var value: BTFValue

    public init(_ name: String, _ value: BTFValue) {
      self.name = name
      self.value = value
    }
  }
}

extension BTFValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral {
  public init(integerLiteral value: Int128) { self = .integer(value) }
  public init(stringLiteral value: String) { self = .text(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension BTFValue: CustomStringConvertible {
  /// In YAML's flow style: `{hits: 1, name: "eth0"}`.
  public var description: String {
    switch self {
    case .integer(let value): "\(value)"
    case .unsigned(let value): "\(value)"
    case .bool(let value): "\(value)"
    case .float(let value): "\(value)"
    case .text(let text): "\"\(text)\""
    case .bytes(let bytes): "0x" + bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    case .list(let items): "[\(items.map(\.description).joined(separator: ", "))]"
    case .fields(let fields): "{\(fields.map { "\($0.name): \($0.value)" }.joined(separator: ", "))}"
    case .null: "null"
    }
  }
}

/// A value that doesn't fit its type, and where in the value.
public struct BTFCodecError: Error, Hashable, Sendable, CustomStringConvertible {
  /// From the outermost value inwards: `["rules", "[3]", "port"]`.
  public var path: [String]
  public var message: String
  /// The name that was probably meant.
  public var suggestion: String?

  public init(path: [String] = [], message: String, suggestion: String? = nil) {
    self.path = path
    self.message = message
    self.suggestion = suggestion
  }

  func inside(_ component: String) -> BTFCodecError {
    BTFCodecError(path: [component] + path, message: message, suggestion: suggestion)
  }

  public var description: String {
    var text = path.isEmpty ? "" : BTFCodecError.join(path) + ": "
    text += message
    if let suggestion { text += "; did you mean `\(suggestion)`?" }
    return text
  }

  /// `rules[3].port`.
  public static func join(_ path: [String]) -> String {
    path.reduce("") { $0.isEmpty || $1.hasPrefix("[") ? $0 + $1 : $0 + "." + $1 }
  }
}
