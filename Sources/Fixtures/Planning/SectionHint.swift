import BPF
import Spelling

/// What to do about a section that no libbpf gives a type to.
enum SectionHint {
  /// The nearest section, and the type to give in the fixture instead.
  static func text(for section: String) -> String {
    let name = section.hasPrefix("?") ? String(section.dropFirst()) : section
    let parts = name.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count > 1, let first = parts.first else { return nearest(to: name, behind: "") ?? anyType }
    if let known = ProgramSection(named: first), !known.takesMore {
      return nearest(to: name, behind: "")
        ?? "libbpf takes nothing behind `\(first)`: write SEC(\"\(first)\"), or give the type here: `type: \(first)`"
    }
    return nearest(to: name, behind: "") ?? nearest(to: first, behind: "/" + parts[1]) ?? anyType
  }

  private static let anyType =
    "give it here by the name of a type or of a section: `type: xdp`, `type: cgroup/connect4`"

  private static func nearest(to name: String, behind rest: String) -> String? {
    // `cgroup/connect4` is nothing that `kprobe+` is near to, and the other way round.
    let candidates = ProgramSection.names.filter { rest.isEmpty || ProgramSection(named: $0)?.takesMore == true }
    guard let near = nearestName(to: name, among: candidates) else { return nil }
    return "did you mean SEC(\"\(near)\(rest)\")? Or give the type here: `type: \(near)`"
  }
}
