import CBPFShims
import Glibc

/// System calls for a `TriggerProcess`, and the memory that they point to.
final class CallList {
  enum Argument {
    case number(Int)
    /// What an earlier call of the list returned, by the index that `add` gave.
    case result(of: Int)
  }

  private(set) var calls: [bpftest_call] = []
  private var memory: [UnsafeMutableRawPointer] = []

  deinit { for block in memory { free(block) } }

  /// Adds a call by its name; a failure of it ends the list unless `goesOn`. Returns its index.
  @discardableResult
  func add(_ name: String, _ arguments: Argument..., goesOn: Bool = false) -> Int {
    add(name, arguments, goesOn: goesOn)
  }

  @discardableResult
  func add(_ name: String, _ arguments: [Argument], goesOn: Bool = false) -> Int {
    var call = bpftest_call()
    // A number that no call has (-1) is answered with ENOSYS.
    call.number = bpftest_call_number(name)
    call.stops = goesOn ? 0 : 1
    withUnsafeMutableBytes(of: &call.arguments) { raw in
      let slots = raw.bindMemory(to: Int.self)
      for (index, argument) in arguments.prefix(slots.count).enumerated() {
        switch argument {
        case .number(let number): slots[index] = number
        case .result(let earlier):
          slots[index] = earlier
          call.results |= 1 << UInt32(index)
        }
      }
    }
    calls.append(call)
    return calls.count - 1
  }

  /// What a call returned; a negative errno on failure.
  func result(_ index: Int) -> Int { calls[index].result }

  /// A copy of bytes that lives as long as the list.
  func bytes(_ bytes: some Collection<UInt8>) -> Argument {
    let buffer = room(bytes.count)
    buffer.copyBytes(from: bytes)
    return .number(Int(bitPattern: buffer.baseAddress))
  }

  /// A copy of a text with a zero byte behind it.
  func text(_ text: String) -> Argument { bytes(Array(text.utf8) + [0]) }

  /// A list of pointers to texts, with a null pointer at its end, as execve(2) wants them.
  func texts(_ list: [String]) -> Argument {
    let pointers = list.map { item in
      guard case .number(let address) = text(item) else { return 0 }
      return address
    }
    return bytes((pointers + [0]).flatMap { withUnsafeBytes(of: $0) { Array($0) } })
  }

  /// Memory for a call to write to, zeroed, that lives as long as the list.
  func room(_ count: Int) -> UnsafeMutableRawBufferPointer {
    guard let block = calloc(max(1, count), 1) else { return UnsafeMutableRawBufferPointer(start: nil, count: 0) }
    memory.append(block)
    return UnsafeMutableRawBufferPointer(start: block, count: count)
  }

  func withCalls<T>(_ body: (UnsafeMutableBufferPointer<bpftest_call>) -> T) -> T {
    calls.withUnsafeMutableBufferPointer { body($0) }
  }
}
