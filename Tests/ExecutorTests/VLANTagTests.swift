import Glibc
import Testing

@testable import Executor

/// `SOL_PACKET` (linux/socket.h).
private let packets: Int32 = 263

/// Control messages byte by byte, as cmsg(3) and linux/if_packet.h lay them out.
@Suite struct VLANTagTests {
  private func message(level: Int32, type: Int32, _ data: [UInt8]) -> [UInt8] {
    func bytes(_ number: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: number, Array.init) }
    let length = 16 + data.count
    return bytes(UInt64(length)) + bytes(level) + bytes(type) + data
      + [UInt8](repeating: 0, count: (8 - length % 8) % 8)
  }

  /// `struct tpacket_auxdata`.
  private func auxiliary(status: UInt8, tag: [UInt8], kind: [UInt8]) -> [UInt8] {
    [status, 0, 0, 0, 60, 0, 0, 0, 60, 0, 0, 0, 0, 0, 14, 0] + tag + kind
  }

  @Test func aTagIsFoundBesideItsFrame() {
    let other = message(level: SOL_SOCKET, type: 1, [1, 2, 3])
    let tagged = message(level: packets, type: 8, auxiliary(status: 0x50, tag: [0xc8, 0x10], kind: [0xa8, 0x88]))
    #expect(VLANTag.tag(inControlMessages: other + tagged) == [0x88, 0xa8, 0x10, 0xc8])
    let old = message(level: packets, type: 8, auxiliary(status: 0x10, tag: [5, 0], kind: [0, 0]))
    #expect(VLANTag.tag(inControlMessages: old) == [0x81, 0, 0, 5])
    let none = message(level: packets, type: 8, auxiliary(status: 1, tag: [0, 0], kind: [0, 0]))
    for bytes in [none, other, [], Array(tagged.prefix(30)), [UInt8](repeating: 0xff, count: 40)] {
      #expect(VLANTag.tag(inControlMessages: bytes) == nil)
    }
  }

  @Test func itGoesBackBehindTheAddresses() {
    let frame = [UInt8](0..<20)
    #expect(VLANTag.putBack([90, 91, 92, 93], into: frame) == Array(0..<12) + [90, 91, 92, 93] + Array(12..<20))
    #expect(VLANTag.putBack([90, 91, 92, 93], into: [1, 2]) == [1, 2])
  }
}
