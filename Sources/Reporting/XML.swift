/// Just enough of XML 1.0 to write a report: an element with attributes, and inside it elements or text.
///
/// XML libraries for Swift pull libxml2 and ICU into the executable, which then can't be linked static.
struct XMLElement {
  var name: String
  var attributes: [(name: String, value: String)] = []
  var children: [XMLElement] = []
  var text: String?

  /// The element and all below it, two blanks of indentation for each level, ending in a newline.
  func render(indentation: Int = 0) -> String {
    let blanks = String(repeating: " ", count: indentation)
    var out = "\(blanks)<\(name)"
    for attribute in attributes { out += " \(attribute.name)=\"\(Self.escape(attribute.value, attribute: true))\"" }
    if let text { return out + ">\(Self.escape(text, attribute: false))</\(name)>\n" }
    if children.isEmpty { return out + "/>\n" }
    out += ">\n"
    for child in children { out += child.render(indentation: indentation + 2) }
    return out + "\(blanks)</\(name)>\n"
  }

  /// Escapes markup. What XML can't hold at all, not even as a reference (section 2.2, Char), becomes U+FFFD.
  static func escape(_ text: String, attribute: Bool) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      // `]]>` may not stand in text (section 2.4).
      case ">": out += "&gt;"
      case "\"" where attribute: out += "&quot;"
      // Attribute values and line ends are normalised unless written as references (sections 2.11 and 3.3.3).
      case "\r": out += "&#13;"
      case "\n" where attribute: out += "&#10;"
      case "\t" where attribute: out += "&#9;"
      case "\n", "\t": out.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20 || scalar.value == 0xfffe || scalar.value == 0xffff: out += "\u{fffd}"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
