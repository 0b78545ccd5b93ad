/// A step, or what came of one: something of which many in a row may differ in bytes and a few numbers alone. What differs
/// is the last of it on the wire, and of those that are alike otherwise all but the first travel without the rest.
///
/// ```
/// count of elements, then for each
///   0   all of it
///   1   what differs; the rest is as in the one before
/// ```
///
/// Ten thousand frames through one program are ten thousand steps; read one by one they would keep an emulated guest
/// busy for seconds.
protocol WireRun {
  /// Reads all but what differs.
  init(alikeFrom wire: inout WireReader)
  func writeAlike(to wire: inout WireWriter)
  /// Reads what differs.
  mutating func readDifference(from wire: inout WireReader)
  func writeDifference(to wire: inout WireWriter)
}

extension WireReader {
  @inline(never)
  mutating func readRun<Element: WireRun>() -> [Element] {
    let count = count()
    guard count > 0 else { return [] }
    return [Element](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count, !hasFailed {
        let tag = byte()
        if tag == 0 {
          buffer.initializeElement(at: filled, to: Element(alikeFrom: &self))
        } else if tag == 1, filled > 0 {
          buffer.initializeElement(at: filled, to: buffer[filled - 1])
        } else {
          return tag == 1 ? fail(.repeatsNothing, at: position - 1) : refuseTag(of: "a run")
        }
        buffer[filled].readDifference(from: &self)
        filled += 1
      }
    }
  }
}

extension WireWriter {
  @inline(never)
  mutating func write<Element: WireRun>(run elements: [Element]) {
    number(UInt64(elements.count))
    // Where the last element that was written whole is alike to those behind it.
    var alike = 0..<0
    for element in elements {
      let start = payload.count
      byte(0)
      element.writeAlike(to: &self)
      if repeats(alike, from: start + 1) {
        drop(from: start)
        byte(1)
      } else {
        alike = (start + 1)..<payload.count
      }
      element.writeDifference(to: &self)
    }
  }
}
