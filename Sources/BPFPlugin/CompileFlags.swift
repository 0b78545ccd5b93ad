import Foundation

/// Further arguments for the compiler: `compile_flags.txt`, as clangd reads it, with an argument on each line.
///
/// It counts for the programs in its folder and below; of several, the nearest to the program. Relative paths are from its
/// folder. The plugin looks for headers in it; `bpftest-skeleton`, which has this file too, takes the arguments.
struct CompileFlags {
  static let name = "compile_flags.txt"
  /// Options that a path follows, in the same argument or the next.
  private static let takingPaths = ["-I", "-isystem", "-iquote", "-idirafter", "-include"]

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
      } else if let taking = Self.takingPaths.first(where: { word.hasPrefix($0) && !word.hasPrefix("-include-") }) {
        add(taking, String(word.dropFirst(taking.count)), folder)
      } else {
        arguments.append(word)
      }
    }
  }

  private mutating func add(_ option: String, _ path: String, _ folder: URL) {
    let place = URL(filePath: path, relativeTo: folder).standardizedFileURL
    arguments += [option, place.path]
    switch option {
    case "-I", "-iquote": folders.append(place)
    case "-include": folders.append(place.deletingLastPathComponent())
    // Compilers take those of the system for unchanging too (`-MMD`).
    default: break
    }
  }
}
