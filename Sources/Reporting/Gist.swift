/// A refusal's words less what differs from kernel to kernel though it means the same.
enum Gist {
  /// Numbers of registers, instructions and lines, offsets, sizes and addresses are left out, and what a kernel calls a number
  /// or takes instead is said in one way. Names (between backticks) stay as they are.
  static func of(_ words: String) -> String {
    var out = ""
    var isName = false
    var isNumber = false
    for character in words {
      if character == "`" { isName.toggle() }
      guard !isName, isDigit(character, inNumber: isNumber) else {
        isNumber = false
        out.append(character)
        continue
      }
      if !isNumber {
        if out.last == "-" { out.removeLast() }
        out.append("#")
      }
      isNumber = true
    }
    // `inv` until 5.17 (kernel/bpf/verifier.c: reg_type_str).
    out = out.replacing("'inv'", with: "'scalar'").replacing("type=inv ", with: "type=scalar ")
    // What could stand there instead has become more with every kernel: `R1 type=ctx expected=fp, pkt, …`.
    guard let range = out.firstRange(of: " expected=") else { return out }
    return out[..<range.upperBound] + String(out[range.upperBound...].drop { $0 != ";" && $0 != "\n" })
  }

  /// Of a number in hexadecimal letters count too, once it has begun.
  private static func isDigit(_ character: Character, inNumber: Bool) -> Bool {
    character.isASCII && (character.isNumber || inNumber && (character.isHexDigit || character == "x"))
  }
}
