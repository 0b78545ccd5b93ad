/// Small layers in a list that is one field of a larger layer: options, parameters, records.
protocol LayerList: SendableMetatype {
  /// What one of them is, for an error: `an IP option`.
  static var noun: String { get }
  /// Says which layers may stand in the list.
  static func accepts(_ id: LayerID) -> Bool
  /// The layers whose bytes these are, or `nil` when there is no such list.
  static func split(_ bytes: [UInt8]) -> [Layer]?
}

extension Layer {
  /// The shortest way to write these bytes as this layer; `nil` when it doesn't come out as the same bytes.
  static func item(_ id: LayerID, _ bytes: ArraySlice<UInt8>) -> Layer? {
    var layer = Layer(id)
    for placed in decode(id, bytes) { layer.values[placed.index] = placed.value }
    let wanted = Array(bytes)
    guard layer.encode(under: nil).bytes == wanted else { return nil }
    for index in layer.values.indices {
      let value = layer.values[index]
      layer.values[index] = nil
      if layer.encode(under: nil).bytes != wanted { layer.values[index] = value }
    }
    return layer
  }

  /// The first of these layers that can be written as these bytes.
  static func item(_ ids: [LayerID], _ bytes: ArraySlice<UInt8>) -> Layer? {
    for id in ids {
      if let layer = item(id, bytes) { return layer }
    }
    return nil
  }
}

extension [FieldValue?] {
  /// Gives a length that was not given: the bytes of another field, and more.
  mutating func setLength(_ index: Int, of field: Int, plus more: Int = 0, unit: Int = 1) {
    guard self[index] == nil else { return }
    let length = (self[field]?.bytes.count ?? 0) + more
    self[index] = .number(UInt64(truncatingIfNeeded: length / unit))
  }
}

/// A layer that stands in a list and never between slashes.
protocol ItemType: LayerType {}

extension ItemType {
  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? { nil }
}

/// A layer whose header always has the same length.
protocol FixedLayer: LayerType {
  /// Bytes of the header.
  static var size: Int { get }
  /// Who reads what it carries.
  static func next(_ bytes: ByteView, _ start: Int, _ end: Int) -> LayerID?
}

extension FixedLayer {
  static func next(_ bytes: ByteView, _ start: Int, _ end: Int) -> LayerID? { nil }

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    guard end - start >= size else { return nil }
    return Header(end: start + size, limit: end, next: next(bytes, start, end))
  }
}
