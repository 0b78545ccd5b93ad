import BPF
import Glibc
import TestPlan

/// Reads `files: { /tmp/target: target }`: files beside the fixture that a test finds at a path of its own, wherever it runs.
struct FileReader {
  /// What a plan carries along at the most, in bytes.
  private static let mostBytes = 16 << 20

  let complaints: Complaints
  let folder: String

  func read(_ node: YAMLNode?) -> [FileWrite] {
    guard let node else { return [] }
    guard let entries = node.entries else {
      complaints.add(node.position, "`files` must be a mapping from paths of the test to files beside the fixture")
      return []
    }
    return entries.compactMap { entry in
      guard let path = entry.key.text, path.hasPrefix("/"), let name = entry.value.text else {
        complaints.add(
          entry.key.position, "`files` maps an absolute path to the name of a file, and here is \(entry.key.kind)")
        return nil
      }
      guard let bytes = bytes(name, entry.value.position) else { return nil }
      var info = stat()
      guard stat(source(name), &info) == 0 else { return nil }
      return FileWrite(path: path, bytes: Bytes(bytes), mode: info.st_mode & 0o777)
    }
  }

  private func source(_ name: String) -> String { name.hasPrefix("/") || folder == "." ? name : "\(folder)/\(name)" }

  /// What is in a file beside the fixture; `nil` after a complaint.
  func bytes(_ name: String, _ place: Position) -> [UInt8]? {
    let source = source(name)
    guard let bytes = readFile(source) else {
      complaints.add(place, "can't read the file \(source): \(Errno.message(errno))")
      return nil
    }
    guard bytes.count <= Self.mostBytes else {
      complaints.add(
        place, "the file \(source) has \(bytes.count) bytes, and a test takes along no more than \(Self.mostBytes)")
      return nil
    }
    return bytes
  }
}
