import BPF
import Synchronization

/// A program attached to the kernel, until it is detached or the last reference to the link goes.
public final class BPFLink: Sendable {
  /// What is attached to what, for messages.
  public let name: String
  private let link: Mutex<Attached>

  /// Used under the lock only.
  private struct Attached: @unchecked Sendable {
    var link: BPF.BPFLink?
  }

  init(_ held: HeldLink) {
    name = held.link.name
    link = Mutex(Attached(link: held.link))
  }

  /// Whether it is attached still.
  public var isAttached: Bool { link.withLock { $0.link != nil } }

  /// Detaches. Further calls do nothing.
  public func detach() {
    link.withLock {
      $0.link?.detach()
      $0.link = nil
    }
  }

  /// Runs an attached iterator from its beginning and returns what it prints.
  public func readIterator() throws -> String {
    try link.withLock { attached throws in
      guard let link = attached.link else {
        throw BPFError(.closed, operation: "reading \(name): the link is detached")
      }
      return String(decoding: try link.readIterator(), as: UTF8.self)
    }
  }
}

/// A new link on its way to its owner.
struct HeldLink: @unchecked Sendable {
  let link: BPF.BPFLink
}
