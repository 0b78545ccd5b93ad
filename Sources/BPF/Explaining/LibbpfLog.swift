/// Finds in libbpf's warnings whom they blame.
public enum LibbpfLog {
  /// The program or map that the first decisive line names. libbpf writes `prog 'NAME': …` and `map 'NAME': failed …`
  /// (libbpf.c: `bpf_object_load_prog`, `bpf_object__create_maps`).
  public static func blamed(in log: String) -> (program: String?, map: String?) {
    for line in [UInt8](log.utf8).split(separator: UInt8(ascii: "\n"))
    where end(of: "failed", in: line) != nil || end(of: "not found", in: line) != nil {
      if let name = quoted(in: line, after: "prog '") { return (name, nil) }
      // Creating a map without BTF is tried again by itself and is no failure.
      if let name = quoted(in: line, after: "map '"), end(of: "Retrying without BTF", in: line) == nil {
        return (nil, name)
      }
    }
    return (nil, nil)
  }

  private static func quoted(in line: ArraySlice<UInt8>, after mark: String) -> String? {
    guard let start = end(of: mark, in: line) else { return nil }
    let name = line[start...].prefix { $0 != UInt8(ascii: "'") }
    return name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
  }

  /// The place behind the first such text. Swift's own search is a hundred times the code, which an emulated guest would
  /// translate for every refusal.
  private static func end(of text: String, in line: ArraySlice<UInt8>) -> Int? {
    let wanted = [UInt8](text.utf8)
    var start = line.startIndex
    while start + wanted.count <= line.endIndex {
      if line[start..<start + wanted.count].elementsEqual(wanted) { return start + wanted.count }
      start += 1
    }
    return nil
  }
}
