import CBPFShims
import Glibc
import TestPlan

/// The outer VLAN tag of a received frame: the kernel takes it off and hands it over beside the frame, as libpcap knows
/// (`struct tpacket_auxdata` of linux/if_packet.h, packet(7)).
enum VLANTag {
  /// `PACKET_AUXDATA`.
  private static let auxiliaryData: Int32 = 8

  /// What makes a packet socket hand tags over.
  static let option = SocketOption(level: SOL_PACKET, option: auxiliaryData, value: Bytes([1, 0, 0, 0]))

  /// The four bytes of a tag in what recvmsg(2) gave as control messages; `nil` when the frame had none.
  static func tag(inControlMessages bytes: [UInt8]) -> [UInt8]? {
    func number<Number: FixedWidthInteger>(_ at: Int, _: Number.Type) -> Number {
      bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: at, as: Number.self) }
    }
    // struct cmsghdr: its whole length, level and type; the next begins at a multiple of eight.
    var at = 0
    while at + 16 <= bytes.count {
      let length = Int(clamping: number(at, UInt64.self))
      guard length >= 16, length <= bytes.count - at else { return nil }
      let data = at + 16
      if number(at + 8, Int32.self) == SOL_PACKET, number(at + 12, Int32.self) == auxiliaryData, length >= 16 + 20 {
        let status = number(data, UInt32.self)
        let (control, type) = (number(data + 16, UInt16.self), number(data + 18, UInt16.self))
        // TP_STATUS_VLAN_VALID, TP_STATUS_VLAN_TPID_VALID; without it the tag is of 802.1Q.
        guard status & 1 << 4 != 0 || control != 0 else { return nil }
        let kind = status & 1 << 6 != 0 ? type : 0x8100
        return [kind, control].flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
      }
      at += (length + 7) / 8 * 8
    }
    return nil
  }

  /// The frame with the tag behind its addresses, where it was on the wire.
  static func putBack(_ tag: [UInt8], into frame: [UInt8]) -> [UInt8] {
    guard frame.count >= 12 else { return frame }
    return Array(frame[..<12]) + tag + Array(frame[12...])
  }
}
