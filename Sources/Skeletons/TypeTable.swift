import BPF

/// Finds Swift types for C types, and writes those that must be declared.
struct TypeTable {
  /// Declarations, in the order that they were asked for.
  private(set) var declarations: [[String]] = []
  private var types: [UInt32: SwiftType] = [:]
  private var taken: Set<String>

  /// Names that generated types mustn't take: of what a skeleton holds, and of what its code uses.
  private static let reserved = SwiftNames.reserved.union(["Maps", "Programs", "Globals"])

  /// A struct of more bytes than this is shown as bytes: a Swift value would be copied on every access.
  static let mostBytes = 1 << 16

  init(skeleton: String) { taken = Self.reserved.union([skeleton]) }

  /// The Swift type of a C type; `hint` names it when C doesn't.
  mutating func type(of type: BTFType, hint: String) -> SwiftType {
    if type.isBigEndian, let number = SwiftType.integer(size: type.size, signed: false) {
      return SwiftType(
        name: "BPFTesting.NetworkOrder<\(number.name)>", size: number.size, alignment: number.alignment, zero: "0")
    }
    let resolved = type.resolved
    switch resolved.kind {
    case .integer(_, _, let signed, _, let bool):
      if bool, type.size == 1 {
        return SwiftType(name: "BPFTesting.CBoolean", size: 1, alignment: 1, zero: "false")
      }
      return SwiftType.integer(size: type.size, signed: signed) ?? .bytes(type.size)
    case .pointer: return SwiftType(name: "UInt64", size: 8, alignment: 8, zero: "0")
    case .float where type.size == 4: return SwiftType(name: "Float", size: 4, alignment: 4, zero: "0")
    case .float where type.size == 8: return SwiftType(name: "Double", size: 8, alignment: 8, zero: "0")
    case .array:
      guard let array = resolved.array, type.size > 0, type.size <= Self.mostBytes else { return .bytes(type.size) }
      let element = self.type(of: array.element, hint: hint)
      return element.size * array.count == type.size ? .array(of: element, count: array.count) : .bytes(type.size)
    case .enumeration(let enumerators, let signed):
      guard let raw = SwiftType.integer(size: type.size, signed: signed) else { return .bytes(type.size) }
      return named(resolved, type, hint) { EnumWriter.write($0, resolved, enumerators, raw) } ?? raw
    case .structure, .union:
      guard type.size > 0, type.size <= Self.mostBytes else { return .bytes(type.size) }
      return structure(resolved, type, hint)
    default: return .bytes(type.size)
    }
  }

  private func name(_ resolved: BTFType, _ type: BTFType, _ hint: String) -> String {
    resolved.name.isEmpty ? type.typedefNames.first ?? hint : resolved.name
  }

  /// A type that is declared once; `nil` for an anonymous enum, which is but a number.
  private mutating func named(
    _ resolved: BTFType, _ type: BTFType, _ hint: String, _ write: (String) -> (SwiftType, [String])
  ) -> SwiftType? {
    if let known = types[resolved.id] { return known }
    if resolved.name.isEmpty, type.typedefNames.isEmpty { return nil }
    let (result, lines) = write(SwiftNames.unique(SwiftNames.type(name(resolved, type, hint)), &taken))
    types[resolved.id] = result
    declarations.append(lines)
    return result
  }

  private mutating func structure(_ resolved: BTFType, _ type: BTFType, _ hint: String) -> SwiftType {
    if let known = types[resolved.id] { return known }
    let name = SwiftNames.unique(SwiftNames.type(name(resolved, type, hint)), &taken)
    // A struct can't hold itself other than by a pointer, unless its BTF is damaged: then it is bytes.
    types[resolved.id] = .bytes(type.size)
    let place = declarations.count
    declarations.append([])
    let (result, lines) = StructWriter(name: name, type: resolved, hint: hint).write(&self)
    types[resolved.id] = result
    declarations[place] = lines
    return result
  }
}

/// Writes an enum as a struct, since memory may hold a value that has no name.
enum EnumWriter {
  static func write(
    _ name: String, _ type: BTFType, _ enumerators: [BTFEnumerator], _ raw: SwiftType
  ) -> (SwiftType, [String]) {
    var lines = [
      "/// `\(type.declaration)`.",
      "public struct \(name): RawRepresentable, BitwiseCopyable, Hashable, Sendable {",
      "  public var rawValue: \(raw.name)",
      "  public init(rawValue: \(raw.name)) { self.rawValue = rawValue }",
    ]
    var taken: Set<String> = ["rawValue", "hashValue", "description"]
    for enumerator in enumerators {
      // A value that its type can't hold comes only from damaged BTF.
      let least = raw.name.hasPrefix("U") ? 0 : -(Int128(1) << Int128(raw.size * 8 - 1))
      let most = (Int128(1) << Int128(raw.size * 8 - (least == 0 ? 0 : 1))) - 1
      guard (least...most).contains(enumerator.value) else { continue }
      let property = SwiftNames.unique(SwiftNames.property(enumerator.name), &taken)
      lines.append("  /// `\(enumerator.name)`.")
      lines.append("  public static let \(property) = \(name)(rawValue: \(enumerator.value))")
    }
    lines.append("}")
    return (
      SwiftType(name: name, size: raw.size, alignment: raw.alignment, zero: "\(name)(rawValue: 0)"), lines
    )
  }
}
