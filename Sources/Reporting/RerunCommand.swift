/// The command that runs one cell again, ready to be pasted into a shell.
struct RerunCommand {
  var path: String
  var kernel: String
  var suite: String
  var test: String

  var text: String {
    let pattern = "^\(Self.escape(suite))/\(Self.escape(test))$"
    return ["bpftest", "run", path, "--kernel", kernel, "--filter", pattern].map(ShellWord.quote).joined(separator: " ")
  }

  /// Makes a regular expression that matches exactly this text.
  static func escape(_ text: String) -> String {
    text.reduce(into: "") { pattern, character in
      if "\\^$.|?*+()[]{}".contains(character) { pattern.append("\\") }
      pattern.append(character)
    }
  }
}
