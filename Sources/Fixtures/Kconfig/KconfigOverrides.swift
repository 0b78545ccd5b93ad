import BPF

/// Reads `kconfig: { CONFIG_HZ: 250, CONFIG_BPF_LSM: y, CONFIG_LOCALVERSION: "-test" }`: what the object's `__kconfig`
/// externs shall be, whatever the kernel was built with. `y`, `m`, `n` (or `true`, `false`) are truth values and tristates.
///
/// Options that aren't given come from the kernel's own configuration (`/proc/config.gz`, `/boot/config-RELEASE`), as in
/// production; where the kernel brings none, as in a micro-VM, those that aren't `__weak` must be given.
struct KconfigOverrides {
  let btf: BTF
  let complaints: Complaints

  /// libbpf's own externs, which no configuration sets (libbpf.c, `bpf_object__resolve_externs`).
  private static let computed = ["LINUX_KERNEL_VERSION", "LINUX_HAS_SYSCALL_WRAPPER", "LINUX_HAS_BPF_COOKIE"]

  /// Lines of a `.config`, for `bpf_object_open_opts.kconfig`.
  func text(_ node: YAMLNode?) -> String? {
    guard let node else { return nil }
    guard let entries = node.entries else {
      complaints.add(node.position, "`kconfig` must be a mapping from options to values")
      return nil
    }
    let known = btf.section(".kconfig")?.variables.map(\.name) ?? []
    var lines: [String] = []
    for entry in entries {
      let name = entry.key.label
      guard known.contains(name) else {
        complaints.add(
          entry.key.position, "no `__kconfig` extern of the object is called `\(name)`",
          hint: known.isEmpty ? "it has none at all" : suggestion(for: name, among: known))
        continue
      }
      guard !Self.computed.contains(name) else {
        complaints.add(entry.key.position, "`\(name)` is libbpf's own, from the running kernel, and can't be set")
        continue
      }
      guard let value = value(entry.value) else {
        complaints.add(
          entry.value.position, "`\(name)` takes a number, y, m, n or a string, and here is \(entry.value.kind)")
        continue
      }
      lines.append("\(name)=\(value)")
    }
    return lines.isEmpty ? nil : lines.joined(separator: "\n") + "\n"
  }

  private func value(_ node: YAMLNode) -> String? {
    switch node.scalar {
    case .integer(let number): "\(number)"
    case .bool(let flag): flag ? "y" : "n"
    case .text(let text):
      if ["y", "m", "n"].contains(text) {
        text
      } else if text.contains("\"") || text.contains("\n") {
        nil
      } else {
        "\"\(text)\""
      }
    case .null, nil: nil
    }
  }
}
