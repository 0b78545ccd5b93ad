import ArgumentParser
import Foundation
import Matrix
import Packets
import Reporting

/// Ends the process with the words and the exit code that an error deserves.
enum ErrorReport {
  static func exit(with error: any Error) -> Never {
    // Requests for help, usage errors and exit codes are the parser's own.
    guard let kind = isBadInput(error) ? .badInput : RunError.kind(of: error) else {
      BPFTest.exit(withError: error)
    }
    FileHandle.standardError.write(Data("\(text(of: error))\n".utf8))
    Foundation.exit(kind.exitCode)
  }

  private static func isBadInput(_ error: any Error) -> Bool {
    error is ReportError || error is PacketInputError || error is CaptureError || error is FieldMaskError
  }

  /// `error: ` in front of the first line, unless the error brings its own (a compiler's diagnostics, `FILE:LINE: …`).
  private static func text(of error: any Error) -> String {
    let text = "\(error)"
    return text.contains("error: ") ? text : "error: \(text)"
  }
}
