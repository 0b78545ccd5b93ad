import BPF
import Packets
import TestPlan

/// What came of one frame, in the form that a golden keeps: the packet, and a line for people.
///
/// In the file it is a packet whose comment is that line, so that Wireshark shows what the program decided.
struct GoldenFrame: Hashable, Sendable {
  /// The packet as the program left it.
  var bytes: [UInt8]
  /// Bytes that the packet really had, when there was no room for all of them.
  var length: Int
  /// What the program returned, the metadata that it left, and which fields of its context it changed: `TC_ACT_OK mark=7`.
  var comment: String

  /// Fields of a context that a program may write and that every kernel hands back (`convert_skb_to___skb` in
  /// net/bpf/test_run.c). Others are the kernel's own, and differ from one to the next.
  private static let fields = ["mark", "priority", "cb", "tstamp"]

  /// The fields to compare; none for types whose context can't be read on every kernel, such as `xdp_md`.
  static func recorded(of type: BPFProgramType) -> [ContextLayout.Field] {
    guard type != .xdp, let layout = ContextLayout.of(type) else { return [] }
    return fields.compactMap(layout.field)
  }

  init(bytes: [UInt8], length: Int, comment: String) {
    self.bytes = bytes
    self.length = length
    self.comment = comment
  }

  /// What a run gave.
  init(_ seen: StepObservation, of step: Step, type: BPFProgramType, fields: [ContextLayout.Field]) {
    let metadata = seen.metadata(type) ?? []
    bytes = Array((seen.data?.array ?? []).dropFirst(metadata.count))
    length = seen.packetLength(type)
    let codes = ReturnCodes.of(type)
    comment = codes.name(codes.number(seen.returnValue))
    if !metadata.isEmpty { comment += Self.metadataSign + Bytes(metadata).hex }
    guard let after = seen.context?.array else { return }
    let before = step.context?.array ?? []
    for field in fields {
      for index in 0..<field.count {
        let value = Self.number(after, field, index)
        guard value != Self.number(before, field, index) else { continue }
        comment += " \(field.name)\(field.count > 1 ? "[\(index)]" : "")=\(value)"
      }
    }
  }

  /// Whether there was no room for all of it.
  var isCut: Bool { length > bytes.count }

  private static let metadataSign = " metadata="

  /// The frame as a kernel shows it that hands no metadata back.
  var withoutMetadata: GoldenFrame {
    var frame = self
    if let sign = comment.firstRange(of: Self.metadataSign) {
      let end = comment[sign.upperBound...].firstIndex(of: " ") ?? comment.endIndex
      frame.comment.removeSubrange(sign.lowerBound..<end)
    }
    return frame
  }

  private static func number(_ bytes: [UInt8], _ field: ContextLayout.Field, _ index: Int) -> UInt64 {
    let start = field.offset + index * field.size
    guard start + field.size <= bytes.count else { return 0 }
    return bytes[start..<start + field.size].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}

extension ReturnCodes {
  /// `XDP_DROP`, or the number of a value that has no name.
  func name(_ number: Int128) -> String { names.first { $0.value == number }?.name ?? "\(number)" }
}
