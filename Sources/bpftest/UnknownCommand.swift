import ArgumentParser
import Spelling

/// A word on the command line where a command is wanted and that is none.
enum UnknownCommand {
  /// What to say of it; `nil` where the trouble is another.
  static func complaint(_ arguments: some Sequence<String>) -> String? {
    var command: any ParsableCommand.Type = BPFTest.self
    for word in arguments {
      let known = command.configuration.subcommands
      guard !known.isEmpty, !word.hasPrefix("-") else { return nil }
      if let found = known.first(where: { name(of: $0) == word }) {
        command = found
        continue
      }
      // The parser's own.
      if word == "help" { return nil }
      let owner = command == BPFTest.self ? "bpftest" : "bpftest \(name(of: command))"
      let names = known.map(name)
      let hint = nearestName(to: word, among: names) ?? names.first { $0.hasPrefix(word) || word.hasPrefix($0) }
      return "`\(owner)` has no command `\(word)`"
        + (hint.map { "; did you mean `\($0)`?" } ?? "; it has \(names.joined(separator: ", "))")
    }
    return nil
  }

  private static func name(of command: any ParsableCommand.Type) -> String { command.configuration.commandName ?? "" }
}
