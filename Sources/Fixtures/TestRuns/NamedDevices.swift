import BPF
import TestPlan

extension TestPlanner {
  private static let indexFields: Set<String> = ["ifindex", "ingress_ifindex"]

  /// A context, or what is expected of one, with the numbers of the environment's devices where it has their names.
  func numberingDevices(_ context: YAMLNode?) -> YAMLNode? {
    guard var context, let entries = context.entries, entries.contains(where: namesDevice) else { return context }
    let devices = (test.environment ?? Environment()).deviceIndices
    context.content = .mapping(
      entries.map { entry in
        guard namesDevice(entry), let name = entry.value.text else { return entry }
        if devices[name] == nil {
          complaints.add(
            entry.value.position, "the environment has no device `\(name)`",
            hint: suggestion(for: name, among: devices.keys.sorted()))
        }
        let number = YAMLNode(content: .scalar("\(devices[name] ?? 0)", plain: true), position: entry.value.position)
        return YAMLNode.Entry(key: entry.key, value: number)
      })
    return context
  }

  private func namesDevice(_ entry: YAMLNode.Entry) -> Bool {
    guard Self.indexFields.contains(entry.key.label), case .text(let text) = entry.value.scalar else { return false }
    return text != PreviousReturn.word && !(entry.value.isWord("any"))
  }
}
