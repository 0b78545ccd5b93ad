import BPF

/// What to say to whoever hands over a program where a fixture is wanted: the beginning of one.
enum FixtureSkeleton {
  /// A program as far as a first test goes.
  private struct Program {
    var name: String
    var section: String
  }

  /// `nil` for a file that doesn't look like a program.
  static func answer(to path: String, bytes: [UInt8]) -> FixtureError? {
    let isObject = bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46])
    guard isObject || path.hasSuffix(".c") || path.hasSuffix(".o") else { return nil }
    let file = path.split(separator: "/").last.map(String.init) ?? path
    let stem = [".bpf.c", ".bpf.o", ".c", ".o"].first { file.hasSuffix($0) }.map { String(file.dropLast($0.count)) }
    let fixture = Suite.folder(of: path) == "." ? "" : Suite.folder(of: path) + "/"
    let name = "\(fixture)\(stem ?? file)\(Suite.suffix)"
    let error = FixtureError(path: path, message: "this is a program, and what is run are fixtures, which name theirs")
    if readFile(name) != nil { return error.with(hint: "its tests are in \(name)") }
    return error.with(
      hint: "write \(name)",
      detail: text(object: file, isObject ? programs(inObject: bytes) : programs(inSource: bytes)))
  }

  private static func text(object: String, _ programs: [Program]) -> String {
    let tests = programs.prefix(8).map { program in
      "  - name: \(test(program).name)\n    program: \(program.name)\n"
        + test(program).lines.map { "    \($0)\n" }.joined()
    }
    let example = Program(name: "NAME", section: "xdp")
    let lines =
      tests.isEmpty ? ["  - name: loads\n    program: \(example.name)\n    expect: { load: accepted }\n"] : tests
    return "object: \(object)\ntests:\n" + lines.joined()
  }

  /// A first test of a program, by its section: what can be run is run, what can't is loaded.
  private static func test(_ program: Program) -> (name: String, lines: [String]) {
    let packet = "packet: Ether()/IP(src=\"192.0.2.1\")/TCP(dport=443)"
    let kind = program.section.split(separator: "/").first.map(String.init) ?? ""
    switch kind {
    case "xdp", "xdp.frags": return ("\(program.name) lets HTTPS pass", [packet, "expect: { return: XDP_PASS }"])
    case "tc", "tcx", "classifier", "action":
      return ("\(program.name) lets HTTPS pass", [packet, "expect: { return: TC_ACT_OK }"])
    case "cgroup_skb", "socket":
      return ("\(program.name) lets HTTPS pass", [packet, "expect: { return: 1 }"])
    default: return ("\(program.name) loads", ["expect: { load: accepted }"])
    }
  }

  private static func programs(inObject bytes: [UInt8]) -> [Program] {
    guard let object = try? BPFObject(bytes: bytes, name: "object") else { return [] }
    return object.programs.map { Program(name: $0.name, section: $0.section) }
  }

  /// Functions behind a `SEC("…")`, as far as a look at the text tells.
  private static func programs(inSource bytes: [UInt8]) -> [Program] {
    let text = String(decoding: bytes, as: UTF8.self)
    let pattern = #/SEC\(\s*"(?<section>[^"]+)"\s*\)\s*(?:[A-Za-z_]\w*\s+)+\*?(?<name>[A-Za-z_]\w*)\s*\((?<rest>[^)]*)/#
    return text.matches(of: pattern).map { match in
      // int BPF_PROG(name, …): what BPF_PROG, BPF_KPROBE and such define is their first argument.
      let name = String(match.name)
      let isMacro = name.hasPrefix("BPF_") || name == name.uppercased()
      let first = match.rest.split(separator: ",").first.map { $0.filter { !$0.isWhitespace } } ?? ""
      return Program(name: isMacro ? first : name, section: String(match.section))
    }
  }
}

extension FixtureError {
  fileprivate func with(hint: String, detail: String? = nil) -> FixtureError {
    var error = self
    (error.hint, error.detail) = (hint, detail)
    return error
  }
}
