/// The name among `names` that `wrong` was probably meant to be; `nil` when none is near.
///
/// Near is an edit distance (insertions, deletions, substitutions, swaps of neighbours) of at most a third of the length,
/// or the same name in another case.
public func nearestName(to wrong: String, among names: some Sequence<String>) -> String? {
  let limit = max(1, wrong.count / 3)
  let target = [Character](wrong.lowercased())
  var best: (name: String, distance: Int)?
  for name in names {
    let candidate = [Character](name.lowercased())
    guard abs(candidate.count - target.count) <= limit else { continue }
    var beforeLast: [Int] = []
    var last = [Int](0...candidate.count)
    for (i, left) in target.enumerated() {
      var row = [i + 1]
      for (j, right) in candidate.enumerated() {
        var cost = min(last[j] + (left == right ? 0 : 1), row[j] + 1, last[j + 1] + 1)
        if i > 0, j > 0, left == candidate[j - 1], target[i - 1] == right { cost = min(cost, beforeLast[j - 1] + 1) }
        row.append(cost)
      }
      (beforeLast, last) = (last, row)
    }
    let distance = last[candidate.count]
    if distance <= limit, distance < best?.distance ?? .max { best = (name, distance) }
  }
  return best?.name
}
