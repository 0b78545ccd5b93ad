import BPF

/// The context that a program is run with: fields by name, or bytes in the layout of user space.
///
/// `["ingress_ifindex": 1]` sets a field of the type's context, which is zero otherwise.
public struct RunContext: Sendable, ExpressibleByDictionaryLiteral {
  private enum Content {
    case fields([(String, BTFValue)])
    case bytes([UInt8])
  }
  private let content: Content

  /// Fields by the names of linux/bpf.h.
  public init(dictionaryLiteral fields: (String, BTFValue)...) { content = .fields(fields) }

  /// Bytes as the program type wants them.
  public init(bytes: [UInt8]) { content = .bytes(bytes) }

  /// The memory of a value, such as a C struct.
  public init<Value: BitwiseCopyable>(_ value: Value) { content = .bytes(Layout.bytes(of: value)) }

  func bytes(for type: BPFProgramType) throws -> [UInt8] {
    switch content {
    case .bytes(let bytes): return bytes
    case .fields(let fields):
      guard let layout = ContextLayout.of(type) else {
        throw BPFError(
          .badArgument, operation: "context of a \(type) program", detail: "its fields have no names here; give bytes")
      }
      var bytes = [UInt8](repeating: 0, count: layout.size)
      for (name, value) in fields {
        guard let field = layout.field(name) else {
          throw BPFError(
            .unknownName, operation: "\(layout.name) has no field `\(name)`",
            detail: nearestName(to: name, among: layout.fields.map(\.name)).map { "did you mean `\($0)`?" } ?? "")
        }
        try Self.write(value, field, &bytes)
      }
      return bytes
    }
  }

  private static func write(_ value: BTFValue, _ field: ContextLayout.Field, _ bytes: inout [UInt8]) throws {
    let items: [BTFValue]
    if case .list(let list) = value { items = list } else { items = [value] }
    guard items.count <= field.count else {
      throw BPFError(
        .badArgument, operation: "context field `\(field.name)`",
        detail: "\(items.count) values given, and it holds \(field.count)")
    }
    for (index, item) in items.enumerated() {
      guard let number = item.integer, number >= 0, number >> Int128(8 * field.size) == 0 else {
        throw BPFError(
          .badArgument, operation: "context field `\(field.name)`",
          detail: "\(item) is no number of \(field.size) bytes")
      }
      for byte in 0..<field.size {
        bytes[field.offset + index * field.size + byte] = UInt8(truncatingIfNeeded: number >> Int128(8 * byte))
      }
    }
  }
}
