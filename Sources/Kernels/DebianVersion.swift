/// Order of Debian package versions (deb-version(7)): epoch, upstream version, revision.
struct DebianVersion: Comparable, Hashable {
  let text: String

  init(_ text: String) { self.text = text }

  private var parts: (epoch: Int, upstream: [UInt8], revision: [UInt8]) {
    var rest = text[...]
    var epoch = 0
    if let colon = rest.firstIndex(of: ":") {
      epoch = Int(rest[..<colon]) ?? 0
      rest = rest[rest.index(after: colon)...]
    }
    guard let dash = rest.lastIndex(of: "-") else { return (epoch, Array(rest.utf8), []) }
    return (epoch, Array(rest[..<dash].utf8), Array(rest[rest.index(after: dash)...].utf8))
  }

  static func < (left: DebianVersion, right: DebianVersion) -> Bool {
    let a = left.parts
    let b = right.parts
    if a.epoch != b.epoch { return a.epoch < b.epoch }
    let upstream = compare(a.upstream, b.upstream)
    return upstream != 0 ? upstream < 0 : compare(a.revision, b.revision) < 0
  }

  /// `~` sorts before the end of the text, letters before everything else.
  private static func weight(_ byte: UInt8?) -> Int {
    guard let byte else { return 0 }
    if isDigit(byte) { return 0 }
    if byte == UInt8(ascii: "~") { return -1 }
    let isLetter = (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
    return isLetter ? Int(byte) : Int(byte) + 256
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  /// dpkg's `verrevcmp`: runs of non-digits by weight, runs of digits by value, in turns.
  private static func compare(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var i = 0
    var j = 0
    while i < a.count || j < b.count {
      while (i < a.count && !isDigit(a[i])) || (j < b.count && !isDigit(b[j])) {
        let difference = weight(i < a.count ? a[i] : nil) - weight(j < b.count ? b[j] : nil)
        if difference != 0 { return difference }
        i += 1
        j += 1
      }
      while i < a.count, a[i] == UInt8(ascii: "0") { i += 1 }
      while j < b.count, b[j] == UInt8(ascii: "0") { j += 1 }
      var first = 0
      while i < a.count, j < b.count, isDigit(a[i]), isDigit(b[j]) {
        if first == 0 { first = Int(a[i]) - Int(b[j]) }
        i += 1
        j += 1
      }
      if i < a.count, isDigit(a[i]) { return 1 }
      if j < b.count, isDigit(b[j]) { return -1 }
      if first != 0 { return first }
    }
    return 0
  }
}
