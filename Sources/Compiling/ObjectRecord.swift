import BPF
import Housekeeping

/// What an object in the cache was made of: valid as long as each of its sources has the same contents.
struct ObjectRecord {
  /// A file that the compiler read.
  struct Source {
    var path: String
    var stamp: String
    var hash: String
  }

  /// The hash of the object's bytes.
  var object: String
  /// The folder of `vmlinux.h`, for an object that was compiled with it.
  var headers: String?
  var sources: [Source]

  private static let mark = "bpftest object 1"

  /// Reads a record; `nil` when it is of another version or damaged, which is as good as none.
  init?(reading text: String) {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)[...]
    guard lines.popFirst() == Self.mark, let object = lines.popFirst(), let headers = lines.popFirst() else {
      return nil
    }
    self.object = object
    self.headers = headers.isEmpty ? nil : headers
    self.sources = []
    while let line = lines.popFirst(), !line.isEmpty {
      let parts = line.split(separator: " ", maxSplits: 2).map(String.init)
      guard parts.count == 3 else { return nil }
      sources.append(Source(path: parts[2], stamp: parts[0], hash: parts[1]))
    }
    guard !sources.isEmpty else { return nil }
  }

  init(object: String, headers: String?, sources: [Source]) {
    self.object = object
    self.headers = headers
    self.sources = sources
  }

  var text: String {
    ([Self.mark, object, headers ?? ""] + sources.map { "\($0.stamp) \($0.hash) \($0.path)" } + [""])
      .joined(separator: "\n")
  }

  /// Whether every source is as it was. A file that was only touched still is.
  var isFresh: Bool {
    sources.allSatisfy { source in
      guard let stamp = FileStamp(source.path) else { return false }
      return stamp.text == source.stamp || readFile(source.path).map { ContentHash.of($0) } == source.hash
    }
  }

  /// The files that a compiler's dependency file names, as absolute paths (make's syntax: blanks escaped by `\`).
  static func dependencies(_ text: String) -> [String] {
    var paths: [String] = []
    var current = ""
    var characters = text.unicodeScalars.drop { $0 != ":" }.dropFirst()
    func finish() {
      if !current.isEmpty { paths.append(PathNames.absolute(current)) }
      current = ""
    }
    while let character = characters.popFirst() {
      switch character {
      case "\\":
        guard let next = characters.popFirst() else { break }
        if next == "\n" { finish() } else { current.unicodeScalars.append(next) }
      case "$":
        // make's way of writing one `$` is two.
        if characters.first == "$" { characters.removeFirst() }
        current.unicodeScalars.append(character)
      case " ", "\n", "\t": finish()
      default: current.unicodeScalars.append(character)
      }
    }
    finish()
    return paths
  }
}
