/// Finds in libbpf's warnings whom they blame.
public enum LibbpfLog {
  /// The program or map that the first decisive line names. libbpf writes `prog 'NAME': …` and `map 'NAME': failed …`
  /// (libbpf.c: `bpf_object_load_prog`, `bpf_object__create_maps`).
  public static func blamed(in log: String) -> (program: String?, map: String?) {
    for line in log.split(separator: "\n") where line.contains("failed") || line.contains("not found") {
      if let name = quoted(in: line, after: "prog '") { return (name, nil) }
      // Creating a map without BTF is tried again by itself and is no failure.
      if let name = quoted(in: line, after: "map '"), !line.contains("Retrying without BTF") { return (nil, name) }
    }
    return (nil, nil)
  }

  private static func quoted(in line: Substring, after mark: String) -> String? {
    let bytes = [UInt8](line.utf8)
    let mark = [UInt8](mark.utf8)
    guard bytes.count >= mark.count else { return nil }
    for start in 0...(bytes.count - mark.count) where bytes[start..<(start + mark.count)].elementsEqual(mark) {
      let name = bytes[(start + mark.count)...].prefix { $0 != UInt8(ascii: "'") }
      return name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
    }
    return nil
  }
}
