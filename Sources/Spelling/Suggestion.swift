/// `did you mean …?`, or what there is to choose from; `nil` when there is nothing.
public func suggestion(for wrong: String, among known: [String]) -> String? {
  if let near = nearestName(to: wrong, among: known) { return "did you mean `\(near)`?" }
  guard !known.isEmpty else { return nil }
  let shown = known.prefix(12).map { "`\($0)`" }.joined(separator: ", ")
  return "known are \(shown)\(known.count > 12 ? " …" : "")"
}
