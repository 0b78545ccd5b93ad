/// The name among `names` that `wrong` was probably meant to be; `nil` when none is near.
///
/// Near is an edit distance (Levenshtein) of at most a third of the length, or the same name in another case.
public func nearestName(to wrong: String, among names: some Sequence<String>) -> String? {
  let limit = max(1, wrong.count / 3)
  let target = [Character](wrong.lowercased())
  var best: (name: String, distance: Int)?
  for name in names {
    let candidate = [Character](name.lowercased())
    guard abs(candidate.count - target.count) <= limit else { continue }
    var row = [Int](0...candidate.count)
    for (i, left) in target.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, right) in candidate.enumerated() {
        let substituted = diagonal + (left == right ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substituted, row[j] + 1, diagonal + 1)
      }
    }
    let distance = row[candidate.count]
    if distance <= limit, distance < best?.distance ?? .max { best = (name, distance) }
  }
  return best?.name
}
