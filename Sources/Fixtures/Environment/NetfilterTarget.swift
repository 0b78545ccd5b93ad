import Spelling
import TestPlan

extension AttachmentPlanner {
  /// `NF_INET_*` of linux/netfilter.h.
  private static let hooks = ["pre_routing", "local_in", "forward", "local_out", "post_routing"]
  /// `NFPROTO_*` of linux/netfilter.h.
  private static let families: [(name: String, number: UInt32)] = [("ipv4", 2), ("ipv6", 10)]

  /// `to: { netfilter: local_in, family: ipv6, priority: -10 }`
  func netfilter(_ hook: Located<String>, _ fields: Fields) -> Attachment.Target? {
    guard let number = Self.hooks.firstIndex(of: hook.value) else {
      complaints.add(
        hook.position, "no netfilter hook `\(hook.value)`", hint: suggestion(for: hook.value, among: Self.hooks))
      return nil
    }
    let family = fields.text("family")
    guard let known = Self.families.first(where: { $0.name == family?.value ?? "ipv4" }) else {
      complaints.add(family?.position ?? hook.position, "`family` is ipv4 or ipv6")
      return nil
    }
    var priority: Int32 = 0
    if let node = fields["priority"] {
      guard case .integer(let value) = node.scalar, let value = Int32(exactly: value) else {
        complaints.add(node.position, "`priority` is a number of 32 bits, and here is \(node.kind)")
        return nil
      }
      priority = value
    }
    return .netfilter(family: known.number, hook: UInt32(number), priority: priority)
  }
}
