import Foundation
import Kernels

/// Small helpers outside of this process.
enum Tool {
  /// Runs a filter over bytes. Throws `InfrastructureError` when it isn't installed or fails.
  static func filter(
    _ name: String, _ arguments: [String], input: [UInt8], what: String
  ) throws(InfrastructureError) -> [UInt8] {
    guard let path = PathNames.executable(name) else {
      throw InfrastructureError(what, why: "there is no `\(name)` on PATH", next: "Install it with apt-get.")
    }
    let source = try MemoryFile(name: "input", contents: input)
    let sink = try MemoryFile(name: "output")
    let errors = try MemoryFile(name: "errors")
    let child = try Spawner.shared.start(
      path, arguments, descriptors: [source.descriptor, sink.descriptor, errors.descriptor])
    // Long enough for the largest module on the slowest machine.
    guard child.wait(seconds: 60) == 0 else {
      throw InfrastructureError(what, why: "\(name): \(String(decoding: errors.contents(), as: UTF8.self))")
    }
    return sink.contents()
  }
}
