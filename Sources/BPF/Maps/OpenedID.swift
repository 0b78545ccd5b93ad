import CLibbpf
import Glibc

/// A descriptor of a program or map that is known by its number in the kernel, closed with the last reference to this.
public struct OpenedID: Sendable {
  public var descriptor: Int32 { owner.number }
  let owner: OwnedDescriptor

  /// The program of that number (`bpf_prog_get_fd_by_id`); `nil` when there is none any more.
  public static func program(_ id: UInt32) throws(BPFError) -> OpenedID? { try open(bpf_prog_get_fd_by_id(id), id) }

  /// The map of that number (`bpf_map_get_fd_by_id`); `nil` when there is none any more.
  public static func map(_ id: UInt32) throws(BPFError) -> OpenedID? { try open(bpf_map_get_fd_by_id(id), id) }

  private static func open(_ descriptor: Int32, _ id: UInt32) throws(BPFError) -> OpenedID? {
    if descriptor == -ENOENT { return nil }
    guard descriptor >= 0 else {
      throw BPFError(.kernel, errno: -descriptor, operation: "opening what has number \(id) in the kernel")
    }
    return OpenedID(owner: OwnedDescriptor(descriptor))
  }
}
