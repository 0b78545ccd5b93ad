import Housekeeping

/// Paths in arguments for the compiler, which mean what they say from the file that the arguments stand in, wherever the
/// compiler is run.
public enum CompilerPaths {
  /// Options that a folder follows, in the same argument or the next (clang's `--help`).
  private static let takingFolders = ["-I", "-isystem", "-iquote", "-idirafter"]
  /// Options that a header follows.
  private static let takingHeaders = ["-include", "-imacros"]
  /// Options that begin like those and are others.
  private static let others = ["-include-", "-isystem-after"]

  /// The arguments with relative paths made to begin in a folder.
  ///
  /// A header (`-include`) that isn't there is left to be looked for where the program's own are. `orCurrent` leaves folders
  /// that aren't there to be looked for in the current one.
  public static func resolve(_ arguments: [String], in folder: String, orCurrent: Bool = false) -> [String] {
    walk(arguments) { option, path in
      guard !path.hasPrefix("/"), !path.hasPrefix("=") else { return path }
      let place = folder == "." ? path : "\(folder)/\(path)"
      let isOptional = orCurrent || takingHeaders.contains(option)
      return isOptional && !PathNames.exists(place) ? path : place
    }
  }

  /// Folders named by these arguments that aren't there: the compiler passes over them without a word.
  static func missingFolders(_ arguments: [String]) -> [String] {
    var missing: [String] = []
    _ = walk(arguments) { option, path in
      if takingFolders.contains(option), !path.hasPrefix("="), !PathNames.exists(path) { missing.append(path) }
      return path
    }
    return missing
  }

  private static func walk(_ arguments: [String], _ change: (_ option: String, _ path: String) -> String) -> [String] {
    var option: String?
    return arguments.map { word in
      if let taking = option {
        option = nil
        return change(taking, word)
      }
      let all = takingFolders + takingHeaders
      if all.contains(word) {
        option = word
        return word
      }
      guard let taking = all.first(where: word.hasPrefix), !others.contains(where: word.hasPrefix) else { return word }
      return taking + change(taking, String(word.dropFirst(taking.count)))
    }
  }
}
