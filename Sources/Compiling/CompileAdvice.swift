/// What to do about a program that doesn't compile, where the compiler doesn't say so itself.
enum CompileAdvice {
  /// For diagnostics of clang's; `nil` when there is nothing to add.
  ///
  /// - Parameter arguments: what it was called with.
  static func advice(for diagnostics: String, arguments: [String]) -> String? {
    if let header = word(before: "' file not found", in: diagnostics) {
      if let package = package(of: header) { return "<\(header)> comes with \(package): apt-get install \(package)" }
      let missing = CompilerPaths.missingFolders(arguments)
      return missing.isEmpty
        ? "headers are looked for beside the program, beside the fixture, and in the folders that `cflags: [-I…]` names, "
          + "relative to the fixture"
        : "no folder \(missing.map { "`\($0)`" }.joined(separator: ", ")): `-I` in `cflags` is relative to the fixture"
    }
    if diagnostics.contains("built-in function"), diagnostics.contains("is not supported"),
      let function = word(before: "' is not supported", in: diagnostics)
    {
      return
        "BPF programs have no libc to call: use __builtin_\(function) with a size that is constant and small, or a loop"
    }
    return nil
  }

  /// The word between the quote before these words and them.
  private static func word(before end: String, in text: String) -> String? {
    for line in text.split(separator: "\n") {
      guard let range = line.firstRange(of: end) else { continue }
      let start = line[..<range.lowerBound].lastIndex(of: "'")
      if let start { return String(line[line.index(after: start)..<range.lowerBound]) }
    }
    return nil
  }

  /// Debian's package with a system header; `nil` for one of somebody's own.
  private static func package(of header: String) -> String? {
    let folders = [
      ("linux/", "linux-libc-dev"), ("asm/", "linux-libc-dev"), ("asm-generic/", "linux-libc-dev"),
      ("bpf/bpf_", "libbpf-dev"), ("bpf/usdt", "libbpf-dev"), ("arpa/", "libc6-dev"), ("bits/", "libc6-dev"),
      ("gnu/", "libc6-dev"), ("net/", "libc6-dev"), ("netinet/", "libc6-dev"), ("sys/", "libc6-dev"),
    ]
    let plain = [
      "assert", "byteswap", "ctype", "endian", "errno", "fcntl", "features", "inttypes", "limits", "math", "memory",
      "pthread", "sched", "setjmp", "signal", "stdint", "stdio", "stdlib", "string", "strings", "time", "unistd",
    ]
    if let (_, package) = folders.first(where: { header.hasPrefix($0.0) }) { return package }
    return plain.contains { header == "\($0).h" } ? "libc6-dev" : nil
  }
}
