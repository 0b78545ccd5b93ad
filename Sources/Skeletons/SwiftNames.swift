/// Names of C as Swift writes them.
enum SwiftNames {
  /// Words that are written in capitals throughout in the name of a type.
  private static let acronyms: Set<String> = [
    "arp", "bpf", "cpu", "dns", "fib", "http", "icmp", "id", "ip", "ipv4", "ipv6", "lpm", "lru", "mac", "nat", "qos",
    "rtt", "syn", "tc", "tcp", "tls", "ttl", "udp", "vip", "vlan", "xdp",
  ]

  /// Words that stand for something else unless they are quoted.
  private static let keywords: Set<String> = [
    "as", "associatedtype", "await", "break", "case", "catch", "class", "continue", "default", "defer", "deinit", "do",
    "else", "enum", "extension", "fallthrough", "false", "fileprivate", "for", "func", "guard", "if", "import", "in",
    "init", "inout", "internal", "is", "let", "nil", "operator", "precedencegroup", "private", "protocol", "public",
    "repeat", "rethrows", "return", "self", "static", "struct", "subscript", "super", "switch", "throw", "throws",
    "true", "try", "typealias", "var", "where", "while",
  ]

  /// Names that generated types mustn't take: words of Swift, and what generated code uses.
  static let reserved: Set<String> = [
    "Any", "Self", "Type", "Protocol", "BPFTesting", "Swift", "Bool", "Float", "Double", "StaticString", "String",
    "Hashable", "Sendable", "BitwiseCopyable", "RawRepresentable", "Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16",
    "UInt32", "UInt64",
  ]

  private static func words(_ name: String) -> [String] {
    // A constant in capitals.
    let name = name.contains { $0.isLowercase } ? name : name.lowercased()
    let words = name.split { !$0.isASCII || !($0.isLetter || $0.isNumber) }.map(String.init)
    return words.isEmpty ? ["unnamed"] : words
  }

  /// `blocked_ports` is `blockedPorts`, `ACTION_DROP` is `actionDrop`.
  static func property(_ name: String) -> String {
    let words = words(name)
    let text = escapeDigit(lowerFirst(words[0]) + words.dropFirst().map(capital).joined())
    // Quoted it would still stand for the whole value, or before it. The names of others have no underscore.
    if text == "self" { return "self_" }
    return keywords.contains(text) ? "`\(text)`" : text
  }

  /// `flow_key` is `FlowKey`, `xdp_firewall` is `XDPFirewall`.
  static func type(_ name: String) -> String {
    escapeDigit(words(name).map { acronyms.contains($0.lowercased()) ? $0.uppercased() : capital($0) }.joined())
  }

  private static func capital(_ word: String) -> String { word.prefix(1).uppercased() + word.dropFirst() }
  private static func lowerFirst(_ word: String) -> String { word.prefix(1).lowercased() + word.dropFirst() }

  private static func escapeDigit(_ name: String) -> String { name.first?.isNumber == true ? "_" + name : name }

  /// The name, unless it is taken: a second one gets a number behind it.
  static func unique(_ wanted: String, _ taken: inout Set<String>) -> String {
    let bare = wanted.hasPrefix("`") ? String(wanted.dropFirst().dropLast()) : wanted
    var (name, number) = (bare, 2)
    while !taken.insert(name).inserted {
      name = "\(bare)\(number)"
      number += 1
    }
    return name == bare ? wanted : name
  }
}
