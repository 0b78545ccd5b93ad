import Foundation

/// Further arguments for the compiler: `compile_flags.txt`, as clangd reads it, with an argument on each line.
///
/// It counts for the programs in its folder and below; of several, the nearest to the program. Relative paths are from its
/// folder. The plugin looks for headers in it; `bpftest-skeleton`, which has this file too, takes the arguments.
struct CompileFlags {
  static let name = "compile_flags.txt"
  /// Options that a path follows, in the same argument or the next.
  private static let takingPaths = ["-I", "-isystem", "-iquote", "-idirafter", "-include"]
  /// Options that begin like those and are others.
  private static let others = ["-include-", "-isystem-after"]

  /// Paths made absolute.
  private(set) var arguments: [String] = []
  /// Folders that headers are looked for in, without the system's.
  private(set) var folders: [URL] = []
  /// What is wrong with them.
  private(set) var complaint: String?

  /// The file for a program of a target.
  static func file(for program: URL, in target: URL) -> URL? {
    var folder = program.deletingLastPathComponent().standardizedFileURL
    let last = target.standardizedFileURL.path
    while folder.path.hasPrefix(last) {
      let file = folder.appending(path: name)
      if FileManager.default.fileExists(atPath: file.path) { return file }
      folder = folder.deletingLastPathComponent().standardizedFileURL
    }
    return nil
  }

  init(reading file: URL) {
    guard let text = try? String(contentsOf: file, encoding: .utf8) else {
      complaint = "it can't be read"
      return
    }
    let folder = file.deletingLastPathComponent()
    var option: String?
    for line in text.split(whereSeparator: \.isNewline) {
      let word = line.trimmingCharacters(in: .whitespaces)
      if word.isEmpty || word.hasPrefix("#") { continue }
      if let taking = option {
        add(taking, word, folder)
        option = nil
      } else if Self.takingPaths.contains(word) {
        option = word
      } else if let taking = Self.takingPaths.first(where: word.hasPrefix),
        !Self.others.contains(where: word.hasPrefix)
      {
        add(taking, String(word.dropFirst(taking.count)), folder)
      } else {
        arguments.append(word)
      }
    }
    // The compiler would take its own next argument for the path.
    if let option { complaint = "\(option) has no path behind it" }
  }

  private mutating func add(_ option: String, _ path: String, _ folder: URL) {
    let place = URL(filePath: path, relativeTo: folder).standardizedFileURL
    // A header that isn't there is looked for where the program's own are: `-include bpf/bpf_helpers.h`.
    if option == "-include", !FileManager.default.fileExists(atPath: place.path) {
      arguments += [option, path]
      return
    }
    arguments += [option, place.path]
    switch option {
    case "-I", "-iquote": folders.append(place)
    case "-include": folders.append(place.deletingLastPathComponent())
    // Compilers take those of the system for unchanging too (`-MMD`).
    default: break
    }
  }
}
