/// Lists of kernels as people write them: `5.10,6.1`, `>=6.1`, `lts`, `all`.
enum KernelSelection {
  static func isIdentifier(_ text: String) -> Bool {
    guard let first = text.first, first.isLetter || first.isNumber else { return false }
    guard !["all", "lts", "host"].contains(text) else { return false }
    return text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
  }
}

extension KernelCatalog {
  /// The entries that a list selects, in ascending order of version, each once.
  ///
  /// A list is parts with commas between them: an id, `lts`, `all`, or a range (`>=6.1`, `<7`); ranges that follow one
  /// another without an id between them narrow each other (`>=6.1,<7`). Throws `CatalogError` for anything else.
  public func select(_ list: String) throws -> [Entry] {
    var chosen: Set<String> = []
    var range: Set<String>?
    for part in list.split(separator: ",", omittingEmptySubsequences: false) {
      let word = part.trimmed
      if let ids = try within(word) {
        range = range.map { $0.intersection(ids) } ?? ids
        continue
      }
      if let done = range { chosen.formUnion(done) }
      range = nil
      switch word {
      case "all": chosen.formUnion(entries.map(\.id))
      case "lts": chosen.formUnion(entries.filter(\.lts).map(\.id))
      case "": throw CatalogError(reason: "the kernel list `\(list)` has an empty part; write ids with commas between")
      default:
        guard entries.contains(where: { $0.id == word }) else {
          throw CatalogError(
            reason: "no kernel `\(word)`; the catalog has " + entries.map(\.id).joined(separator: ", ")
              + ", and a list may say `lts`, `all` or a range such as `>=6.1`")
        }
        chosen.insert(word)
      }
    }
    if let done = range { chosen.formUnion(done) }
    guard !chosen.isEmpty else {
      throw CatalogError(
        reason: "no kernel of the catalog is selected by `\(list)`; it has " + entries.map(\.id).joined(separator: ", ")
      )
    }
    return entries.filter { chosen.contains($0.id) }
  }

  /// The ids in a range such as `>=6.1`; `nil` when the word isn't a range.
  private func within(_ word: String) throws -> Set<String>? {
    guard let sign = [">=", "<=", "==", ">", "<"].first(where: { word.hasPrefix($0) }) else { return nil }
    let limit = String(word.dropFirst(sign.count)).trimmed
    guard let version = KernelVersion(limit) else {
      throw CatalogError(reason: "the range `\(word)` wants a version after `\(sign)`, such as `\(sign)6.1`")
    }
    let inside = entries.filter { entry in
      guard let own = entry.version else { return false }
      return switch sign {
      case ">=": own >= version
      case "<=": own <= version
      case ">": own > version
      case "<": own < version
      default: !(own < version) && !(version < own)
      }
    }
    return Set(inside.map(\.id))
  }
}

extension StringProtocol {
  /// Without white space at either end.
  var trimmed: String {
    var view = Substring(self)
    while view.first?.isWhitespace == true { view.removeFirst() }
    while view.last?.isWhitespace == true { view.removeLast() }
    return String(view)
  }
}
