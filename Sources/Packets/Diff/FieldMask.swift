import Spelling

/// What a comparison passes over: a field (`IP.id`), or a whole layer (`Padding`), wherever it stands in the packet.
public struct FieldMask: Hashable, Sendable, CustomStringConvertible {
  let layer: LayerID
  let field: Int?

  /// Reads `Layer.field` or `Layer`, with the names of expressions.
  ///
  /// Throws when there is no such layer or field, saying what comes near.
  public init(_ text: String) throws(FieldMaskError) {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let layer = LayerID.named(parts[0]) else {
      let near = nearestName(to: parts[0], among: LayerID.names).map { " (did you mean \($0)?)" } ?? ""
      throw FieldMaskError(message: "unknown layer \(parts[0])\(near) in “\(text)”; write it like IP.id")
    }
    self.layer = layer
    guard parts.count == 2 else {
      self.field = nil
      return
    }
    let names = layer.type.fields.map(\.name)
    guard let field = names.firstIndex(of: parts[1]) else {
      let near = nearestName(to: parts[1], among: names).map { " (did you mean \($0)?)" }
      throw FieldMaskError(
        message: "\(parts[0]) has no field \(parts[1])\(near ?? " (it has \(names.joined(separator: ", ")))")")
    }
    self.field = field
  }

  /// As it is written.
  public var description: String {
    field.map { "\(layer.type.name).\(layer.type.fields[$0].name)" } ?? layer.type.name
  }
}

/// A mask that names nothing.
public struct FieldMaskError: Error, Hashable, CustomStringConvertible, Sendable {
  /// What is wrong with it.
  public var message: String

  /// The message.
  public var description: String { message }
}
