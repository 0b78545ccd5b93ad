/// Words as a shell reads them back, for commands that people copy.
public enum ShellWord {
  /// Quotes a word for a POSIX shell where it needs it; control characters need the `$'…'` of POSIX.1-2024 and bash.
  public static func quote(_ word: String) -> String {
    if word.isEmpty { return "''" }
    if word.unicodeScalars.contains(where: Text.isControl) {
      return "$'" + word.unicodeScalars.map(dollarQuoted).joined() + "'"
    }
    let plain = word.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "_-./:,@%+=".utf8.contains(byte)
      }
    }
    return plain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }

  private static func dollarQuoted(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "'": return "\\'"
    case "\\": return "\\\\"
    case "\n": return "\\n"
    case "\t": return "\\t"
    case _ where Text.isControl(scalar):
      return String(scalar).utf8.map { byte in
        // Octal takes up to three digits and so, other than \x, never swallows what follows.
        let digits = String(byte, radix: 8)
        return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
      }.joined()
    default: return String(scalar)
    }
  }
}
