import BPF

/// The type of a map's records as fixtures name it; see `RecordTypes`.
enum EventTypes {
  static func advice(_ types: RecordTypes) -> String {
    let names = types.names
    if names.isEmpty { return "say `type: NAME`, with the struct that the program sends; " + keeping("struct NAME") }
    return "say which: " + names.prefix(6).map { "`type: \($0)`" }.joined(separator: ", ") + ", or `type: bytes`"
  }

  static func keeping(_ name: String) -> String {
    "clang keeps only types that globals, maps or functions use: add "
      + "`const \(name) *unused_event __attribute__((unused));` to the program"
  }

  /// What `RecordTypes` knows by that name, `bytes` or `text`.
  static func named(_ name: String, in types: RecordTypes) -> ValueType? {
    if name == "bytes" { return .rest(.bytes) }
    if name == "text" { return .rest(.text) }
    return types.named(name).map(ValueType.btf)
  }
}
