/// How long records are that a program sends.
///
/// A ring buffer hands a record over as it was sent. Of a perf event array only the number of eight-byte words is told
/// that the record and its length of four bytes take: the kernel rounds up, and in the padding lies whatever was there
/// before (`perf_prepare_sample` and `perf_output_sample` of kernel/events/core.c).
public enum RecordLength {
  /// The lengths that a record may have been sent with, of which so many bytes came.
  public static func possible(ofBytes count: Int, isPadded: Bool) -> ClosedRange<Int> {
    isPadded ? max(0, count - 7)...max(0, count) : count...max(count, 0)
  }

  /// Whether a record of so many bytes arrives as so many.
  public static func fits(_ length: Int, bytes count: Int, isPadded: Bool) -> Bool {
    possible(ofBytes: count, isPadded: isPadded).contains(length)
  }

  /// The length in words: `14 bytes`, `13 to 20 bytes`.
  public static func words(_ range: ClosedRange<Int>) -> String {
    if range.count == 1 { return "\(range.lowerBound) \(range.lowerBound == 1 ? "byte" : "bytes")" }
    return "\(range.lowerBound) to \(range.upperBound) bytes"
  }
}

extension BPFEvent {
  /// The lengths that it may have been sent with: only a perf event array, which tells the CPU, leaves that open.
  public var possibleLengths: ClosedRange<Int> { RecordLength.possible(ofBytes: bytes.count, isPadded: cpu != nil) }
}
