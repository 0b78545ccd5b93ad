import Results

/// The command that runs one cell again, ready to be pasted into a shell.
struct RerunCommand {
  var path: String
  var kernel: String
  var suite: String
  /// `nil` for every test of the suite.
  var test: String?

  var text: String {
    let pattern = "^\(Self.escape(suite))/" + (test.map { "\(Self.escape($0))$" } ?? "")
    return "bpftest run \(ShellWord.quote(path)) --kernel \(ShellWord.quote(kernel)) --filter \(ShellWord.quote(pattern))"
  }

  /// Makes a regular expression that matches exactly this text.
  static func escape(_ text: String) -> String {
    text.reduce(into: "") { pattern, character in
      if "\\^$.|?*+()[]{}".contains(character) { pattern.append("\\") }
      pattern.append(character)
    }
  }
}
