import Foundation
import Testing

/// A tool of another make that packets are compared with.
enum Tool {
  /// Runs a command to its end and gives what it wrote. Fails the test when it doesn't end well.
  static func run(_ command: String, _ arguments: [String], input: Data = Data()) async throws -> Data {
    // On a thread of its own, since the tests' threads are few and mustn't wait.
    let outcome: Result<(Data, Int32, String), any Error> = await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(returning: Result { try blockingRun(command, arguments, input) })
      }
    }
    let (output, status, errors) = try outcome.get()
    try #require(status == 0, "\(command) ended with \(status): \(errors)")
    return output
  }

  private static func blockingRun(
    _ command: String, _ arguments: [String], _ input: Data
  ) throws -> (Data, Int32, String) {
    let scratch = FileManager.default.temporaryDirectory.appending(path: "tool-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    // Through files, since several pipes of one process at once may fill up and stop it.
    let (inputs, outputs, errors) = (
      scratch.appending(path: "in"), scratch.appending(path: "out"), scratch.appending(path: "err")
    )
    try input.write(to: inputs)
    for file in [outputs, errors] { try Data().write(to: file) }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [command] + arguments
    process.standardInput = try FileHandle(forReadingFrom: inputs)
    process.standardOutput = try FileHandle(forWritingTo: outputs)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    return (
      try Data(contentsOf: outputs), process.terminationStatus,
      String(decoding: try Data(contentsOf: errors).suffix(2000), as: UTF8.self)
    )
  }
}
