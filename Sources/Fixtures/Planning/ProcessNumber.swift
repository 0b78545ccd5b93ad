import BPF
import TestPlan

/// `$trigger.pid`: the number of the process that does a step's triggers, known only when the test has run. It may stand
/// for the value of a global, before a run, and for a number or a map's key in what is expected afterwards.
enum ProcessNumber {
  static let word = "$trigger.pid"

  /// The number while a step is judged. Conditions deep inside a value ask for it.
  @TaskLocal static var judged: Int32?

  /// The number in little-endian bytes.
  static func bytes(_ number: Int32, size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: Int64(number) >> Int64(8 * min($0, 7))) }
  }

  /// Whether numbers of processes fit the type.
  static func fits(_ type: ValueType) -> Bool { !type.isCompound && (type.size == 4 || type.size == 8) }
}

extension ExpectedMap {
  /// The map with the keys that are known now.
  func known(process: Int32?) -> ExpectedMap {
    guard let process, entries.contains(where: \.isProcess) else { return self }
    var map = self
    for index in map.entries.indices where map.entries[index].isProcess {
      map.entries[index].key = ProcessNumber.bytes(process, size: key.size)
    }
    return map
  }
}
