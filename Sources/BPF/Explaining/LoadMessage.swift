/// Words by which the kernel or libbpf refuse to load something: what they come from, and what to do about it.
struct LoadMessage: Sendable {
  /// A line with one of these in it…
  let words: [String]
  let cause: RefusalCause
  /// …and what is to be said of it; `nil` when the line speaks for itself.
  let advice: @Sendable (Line) -> String?

  init(_ words: String..., cause: RefusalCause, advice: @escaping @Sendable (Line) -> String? = { _ in nil }) {
    self.words = words
    self.cause = cause
    self.advice = advice
  }

  /// A line that has a message's words.
  struct Line: Sendable {
    let text: String
    let refusal: LoadRefusal

    /// `xdp programs`.
    var kind: String { refusal.kind }

    /// What follows the words, up to a blank, a colon, or the closing one of the quotes that the words end with.
    func word(after mark: String) -> String? {
      guard let place = text.utf8.firstRange(of: mark.utf8) else { return nil }
      let quote = mark.last == "'" || mark.last == "`"
      let rest = text[place.upperBound...]
      let word = rest.prefix { quote ? $0 != "'" && $0 != "`" : $0 != " " && $0 != ":" && $0 != "\n" }
      return word.isEmpty ? nil : String(word)
    }

    /// What stands before the words.
    func word(before mark: String) -> String? {
      guard let place = text.utf8.firstRange(of: mark.utf8) else { return nil }
      return text[..<place.lowerBound].split(separator: " ").last.map(String.init)
    }
  }

  func matches(_ line: String) -> Bool {
    words.contains { line.utf8.firstRange(of: $0.utf8) != nil }
  }
}

extension Collection where Element: Equatable {
  /// Where other elements stand among these. The standard library's `contains` of a `String` is slower, and an emulated guest
  /// would translate it first.
  fileprivate func firstRange(of other: some Collection<Element>) -> Range<Index>? {
    var start = startIndex
    while start != endIndex {
      let rest = self[start...]
      if rest.starts(with: other) {
        return start..<index(start, offsetBy: other.count)
      }
      start = index(after: start)
    }
    return nil
  }
}
