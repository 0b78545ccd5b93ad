/// What to do about an object that libbpf doesn't open, by what it says of it (libbpf.c: `bpf_object_open`).
enum OpenAdvice {
  /// `nil` where there is nothing to add to libbpf's words.
  static func advice(for log: String, hasBTF: Bool) -> String? {
    func name(after mark: String) -> String {
      guard let start = log.range(of: mark)?.upperBound else { return "" }
      return String(log[start...].prefix { $0 != "'" })
    }
    if log.contains("is static and not supported") {
      let program = name(after: "program '")
      if program.contains(".cold") {
        return "the compiler split cold code off into a function of its own: compile with -Xclang -fno-split-cold-code"
      }
      return
        "libbpf loads no static programs: take `static` away from `\(program)`, or its SEC() if others only call it"
    }
    if log.contains("legacy map definitions") {
      return "libbpf 1.x opens no `struct bpf_map_def` in SEC(\"maps\"): define them by `__uint` and `__type` in "
        + "SEC(\".maps\") (bpf/bpf_helpers.h), and compile with -g"
    }
    if log.contains("failed to find BTF for extern '"), !hasBTF {
      return "the object has no BTF, by which externs are known: compile with -g"
    }
    if log.contains("failed to find BTF for extern '") { return adviceForExtern(name(after: "for extern '")) }
    if log.contains("BTF is required, but is missing") { return "compile with -g" }
    if log.contains("bad map relo against '") {
      return "maps are variables in SEC(\".maps\"), and `\(name(after: "bad map relo against '"))` is none"
    }
    return nil
  }

  private static func adviceForExtern(_ name: String) -> String {
    if let instead = instead(of: name) {
      return "`\(name)` is the C library's, which BPF programs haven't: \(instead), or define it beside the program"
    }
    return
      "`\(name)` is declared here and defined elsewhere: name the object that `bpftool gen object all.bpf.o …` links of "
      + "this one and the one that has it, or define it in a header as `static inline`; what the kernel has is declared "
      + "`__ksym`, its configuration `__kconfig`"
  }

  /// What BPF programs have instead of a function of the C library.
  private static func instead(of name: String) -> String? {
    switch name {
    case "memcpy", "memset", "memmove", "memcmp":
      "`__builtin_\(name)` becomes instructions where the size is a constant and not large"
    case "strncmp", "strcmp": "the helper `bpf_strncmp` compares with a constant string"
    case "strlen", "strnlen", "strcpy", "strncpy", "strcat", "strchr", "strstr":
      "a loop with a bound does, or `bpf_probe_read_kernel_str` to copy"
    case "printf", "puts", "fprintf": "`bpf_printk` writes to the kernel's trace"
    case "snprintf", "sprintf": "the macro `BPF_SNPRINTF` (bpf/bpf_tracing.h) formats"
    case "malloc", "calloc", "free": "memory is a map's"
    case "rand", "random": "the helper `bpf_get_prandom_u32` gives numbers"
    case "time", "clock_gettime", "gettimeofday": "the helper `bpf_ktime_get_ns` tells the time"
    case "abort", "exit", "assert", "__assert_fail": "a program ends by `return`"
    default: nil
    }
  }
}

extension String {
  /// Where a text first occurs. The standard library's own search is what Foundation has beyond it.
  fileprivate func range(of text: String) -> Range<String.Index>? {
    let wanted = Array(text.utf8)
    let own = utf8
    var start = own.startIndex
    while start != own.endIndex {
      if own[start...].starts(with: wanted), let end = own.index(start, offsetBy: wanted.count, limitedBy: own.endIndex)
      {
        return start..<end
      }
      start = own.index(after: start)
    }
    return nil
  }
}
