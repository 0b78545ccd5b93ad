import CBPFShims
import Glibc

/// Types written as C, by libbpf's `btf_dump`, once they are known not to lead it astray.
enum BTFDump {
  /// - Parameter write: makes the text of the blob, to be freed; null and `errno` when it can't.
  ///
  /// Throws `BPFError.Code.badBTF` for what can't be written.
  static func text(
    of blob: ArraySlice<UInt8>, _ operation: String,
    _ write: (_ bytes: UnsafeRawPointer?, _ size: UInt32) -> UnsafeMutablePointer<CChar>?
  ) throws(BPFError) -> [UInt8] {
    if let why = BTFCheck.complaintBeforeDumping(blob) { throw BPFError(.badBTF, operation: operation, detail: why) }
    bpftest_log_install()
    guard let text = blob.withUnsafeBytes({ write($0.baseAddress, UInt32(clamping: $0.count)) }) else {
      throw BPFError(.badBTF, errno: Glibc.errno, operation: operation)
    }
    defer { free(text) }
    return [UInt8](UnsafeRawBufferPointer(start: text, count: strlen(text)))
  }
}
