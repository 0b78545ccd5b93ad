import ArgumentParser
import Foundation
import Kernels
import Packets
import Reporting

/// Where packets go: standard output, or a file that is written whole or not at all.
final class PacketOutput {
  /// Whether colours are wanted there.
  let color: Bool
  private let file: WholeFile?
  private var encoder: PacketEncoder
  private var buffer: [UInt8] = []
  /// Bytes kept back until they are worth a system call; on a terminal none.
  private let most: Int

  private init(_ format: PacketFormat, path: String?) throws {
    let style = Style.detect(fd: STDOUT_FILENO, environment: ProcessInfo.processInfo.environment)
    file = try path.map { path throws(CaptureError) in try WholeFile(path: path) }
    if let temporary = file?.temporary { Cleanup.shared.add(path: temporary) }
    color = path == nil && style.color
    most = path == nil && isatty(STDOUT_FILENO) == 1 ? 0 : 1 << 16
    encoder = PacketEncoder(format, color: color)
  }

  /// Opens an output for as long as `body` runs, which writes text or packets to it.
  ///
  /// Bad input among the packets doesn't keep those before it from being written, but to a file only where a capture broke
  /// off: then it holds what could be saved.
  static func write<Result>(
    _ format: PacketFormat = .tree, to path: String?, _ body: (PacketOutput) throws -> Result
  ) throws -> Result {
    guard path != nil || !format.isBinary || isatty(STDOUT_FILENO) == 0 else {
      throw ValidationError(
        "\(format.rawValue) is nothing for a terminal: write it to a file (--output FILE) or a pipe")
    }
    let output = try PacketOutput(format, path: path)
    do {
      let result = try body(output)
      try output.finish()
      return result
    } catch let error as BrokenCapture {
      try output.finish()
      throw error.reason
    } catch {
      if output.file == nil { try output.flush() }
      throw error
    }
  }

  /// Writes all packets of a source, or one of them; `isAlone` when there is no other source.
  func write(_ source: PacketSource, only number: Int? = nil, isAlone: Bool) throws {
    encoder.hasHeadings = !(isAlone && source.isOne)
    while let packet = try source.next() {
      if let number, packet.number != number { continue }
      try write(encoder.encode(packet))
      if number != nil { return }
    }
    if let number { throw source.missing(number) }
    if let reason = source.brokenOff { throw BrokenCapture(reason: reason) }
  }

  func write(_ bytes: [UInt8]) throws {
    buffer += bytes
    if buffer.count > most { try flush() }
  }

  private func finish() throws {
    buffer += encoder.finish()
    try flush()
    try file?.finish()
    if let temporary = file?.temporary { Cleanup.shared.forget(path: temporary) }
  }

  private func flush() throws {
    defer { buffer.removeAll(keepingCapacity: true) }
    if let file { return try file.write(buffer) }
    guard !buffer.withUnsafeBytes({ FileBytes.write($0, to: STDOUT_FILENO) }) else { return }
    // Whoever read has had enough (`| head`): a shell knows 141 as the end by SIGPIPE, which is nothing to speak of.
    if errno == EPIPE { throw ExitCode(128 + SIGPIPE) }
    throw ReportError(path: "standard output", reason: String(cString: strerror(errno)))
  }

  /// The frames before it are worth keeping.
  private struct BrokenCapture: Error {
    var reason: PacketInputError
  }
}
