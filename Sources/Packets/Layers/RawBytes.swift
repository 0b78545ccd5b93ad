/// Bytes that no layer reads.
enum Raw: LayerType {
  static let name = "Raw"
  static let fields: [Field] = [.rest("load")]

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    Header(end: end, limit: end, next: nil)
  }
}

/// Bytes after the end of the packet: they lie last, and no length or checksum counts them.
enum Padding: LayerType {
  static let name = "Padding"
  static let fields: [Field] = [.rest("load")]

  static func dissect(_ bytes: ByteView, _ start: Int, _ end: Int) -> Header? {
    Header(end: end, limit: end, next: nil)
  }
}
