extension Packet {
  /// Whether a frame is the other one but for its outer VLAN tag (IEEE 802.1Q, 802.1ad), which it lacks.
  public static func lacksOuterTag(_ seen: [UInt8], of expected: [UInt8]) -> Bool {
    guard expected.count == seen.count + 4, seen.count >= 12 else { return false }
    let type = UInt16(expected[12]) << 8 | UInt16(expected[13])
    return (type == EtherType.dot1q || type == EtherType.dot1ad) && expected[..<12] == seen[..<12]
      && expected[16...].elementsEqual(seen[12...])
  }
}
