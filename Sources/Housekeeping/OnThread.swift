import Foundation

/// Runs blocking work on a thread of its own, so that the cooperative pool never waits for a machine.
package func onThread<T: Sendable>(_ name: String, _ body: @escaping @Sendable () -> T) async -> T {
  await withCheckedContinuation { continuation in
    let thread = Thread { continuation.resume(returning: body()) }
    thread.name = name
    // libbpf and whoever reads messages are content with far less; a deep BTF type is what could want more.
    thread.stackSize = 8 << 20
    thread.start()
  }
}
