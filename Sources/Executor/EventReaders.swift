import BPF
import TestPlan

/// Readers of the ring buffers and perf event arrays that a test's steps read: made before its first step, since a perf
/// event array without a reader takes no records, and gone after its last.
final class EventReaders {
  private var readers: [String: EventReader] = [:]
  /// The losses of each map that earlier steps have been told.
  private var told: [String: UInt64] = [:]

  /// No reader at all, and no work, for a plan that reads no events.
  init(_ plan: TestPlan, maps: [String: BPFMap]) throws(BPFError) {
    for step in plan.steps {
      for read in step.events ?? [] where readers[read.map] == nil {
        guard let map = maps[read.map] else {
          throw BPFError(.unknownName, operation: "the object has no map `\(read.map)`")
        }
        readers[read.map] = try EventReader(map)
      }
    }
  }

  func read(_ reads: [EventRead], _ observation: inout StepObservation) throws(BPFError) {
    var events: [EventObservation] = []
    for read in reads {
      guard let reader = readers[read.map] else { continue }
      var records: [Bytes] = []
      let deadline = ContinuousClock.now + .seconds(read.limit)
      while records.count < read.count, let event = try reader.next(deadline: deadline) {
        records.append(Bytes(event.bytes))
      }
      records += try reader.drain().map { Bytes($0.bytes) }
      if read.quiet > 0, records.count >= read.count {
        let end = ContinuousClock.now + .seconds(read.quiet)
        while let event = try reader.next(deadline: end) { records.append(Bytes(event.bytes)) }
      }
      events.append(EventObservation(map: read.map, records: records, lost: reader.lost - told[read.map, default: 0]))
      told[read.map] = reader.lost
    }
    observation.events = events
  }
}
