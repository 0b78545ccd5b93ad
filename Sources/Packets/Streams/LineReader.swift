/// Lines of a text of any size, each as soon as it is there.
struct LineReader {
  let input: CaptureInput
  /// Of the line read last, from 1.
  private(set) var number = 0

  /// The longest line, in bytes: four times the longest frame of a capture in hexadecimal.
  static let longest = 1 << 21

  init(_ input: CaptureInput) { self.input = input }

  /// The next line without its end; `nil` after the last.
  mutating func next() throws(CaptureError) -> [UInt8]? {
    var seen = 0
    while true {
      let available = input.available
      if let end = input.bytes(seen..<available).firstIndex(of: UInt8(ascii: "\n")) {
        let line = input.bytes(0..<available)
        let text = Array(line[..<end])
        input.skip(text.count + 1)
        number += 1
        return text
      }
      seen = available
      guard available <= Self.longest else {
        throw CaptureError(path: nil, message: "line \(number + 1) has more than \(Self.longest) bytes")
      }
      if try input.more() == 0 {
        guard available > 0 else { return nil }
        let text = Array(input.bytes(0..<available))
        input.skip(available)
        number += 1
        return text
      }
    }
  }
}
