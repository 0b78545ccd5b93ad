/// The command that runs one cell again, ready to be pasted into a shell.
struct RerunCommand {
  var path: String
  var kernel: String
  var suite: String
  /// `nil` for all of the suite's.
  var test: String?
  /// Of many frames or generated packets, the only one to run.
  var frame: Int?
  /// Whether to accept what was seen as the golden.
  var records = false

  var text: String {
    // One of several of a name is called by its path, and by its name when it is run alone.
    let alone = suite.split(separator: "/").last.map(String.init) ?? suite
    let filter = test.map { ["--filter", "^\(Self.escape(alone))/\(Self.escape($0))$"] } ?? []
    let words = ["bpftest", "run", path, "--kernel", kernel] + filter
    let more = frame.map { ["--frame", "\($0)"] } ?? []
    return (words + more + (records ? ["--record"] : [])).map(ShellWord.quote).joined(separator: " ")
  }

  /// Makes a regular expression that matches exactly this text.
  static func escape(_ text: String) -> String {
    text.reduce(into: "") { pattern, character in
      if "\\^$.|?*+()[]{}".contains(character) { pattern.append("\\") }
      pattern.append(character)
    }
  }
}
