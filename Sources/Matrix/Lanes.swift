import Synchronization

/// Deals tests out to workers: a lane for each kernel, in which batches of tests wait in their order.
///
/// A batch is a suite's tests, since those share loaded objects. A worker that holds a running machine stays in its
/// lane, since a machine costs more than most batches. A worker without one takes the lane that nobody works in and that
/// has most to do; when all are taken, it helps where enough is left to be worth another machine.
final class Lanes: Sendable {
  /// Fewer waiting tests than this are not worth the start of a further machine.
  static let worthAMachine = 12

  private struct Lane {
    var waiting: ArraySlice<[Int]>
    var workers = 0
    var tests: Int { waiting.reduce(0) { $0 + $1.count } }
  }

  private struct State {
    var lanes: [Lane]
    var stopped = false
  }

  private let state: Mutex<State>

  /// - Parameter batches: for each lane, the numbers of its tests in their order, batch by batch.
  init(batches: [[[Int]]]) {
    self.state = Mutex(State(lanes: batches.map { Lane(waiting: $0[...]) }))
  }

  /// A lane to work in, `nil` when there is nothing left to do. To be given back with `leave`.
  func enter() -> Int? {
    state.withLock { state in
      guard !state.stopped else { return nil }
      let open = state.lanes.indices.filter { lane in
        let lane = state.lanes[lane]
        return !lane.waiting.isEmpty && (lane.workers == 0 || lane.tests >= Self.worthAMachine)
      }
      let best = open.min { left, right in
        let (left, right) = (state.lanes[left], state.lanes[right])
        return left.workers == right.workers ? left.tests > right.tests : left.workers < right.workers
      }
      if let best { state.lanes[best].workers += 1 }
      return best
    }
  }

  /// The next batch of a lane, `nil` when it is done.
  func next(in lane: Int) -> [Int]? {
    state.withLock { state in state.stopped ? nil : state.lanes[lane].waiting.popFirst() }
  }

  /// Takes all that is left of a lane that can't be worked in.
  func drain(_ lane: Int) -> [Int] {
    state.withLock { state in
      defer { state.lanes[lane].waiting = [] }
      return state.lanes[lane].waiting.flatMap { $0 }
    }
  }

  func leave(_ lane: Int) { state.withLock { $0.lanes[lane].workers -= 1 } }

  /// Lets no further test begin.
  func stop() { state.withLock { $0.stopped = true } }

  /// Whether `stop` was called.
  var isStopped: Bool { state.withLock { $0.stopped } }
}
