import Synchronization

/// Deals tests out to workers: a lane for each kernel, in which tests wait in their order.
///
/// A worker that holds a running machine stays in its lane, since a machine costs more than most tests. A worker without
/// one takes the lane that nobody works in and that has most to do; when all are taken, it helps where enough is left
/// to be worth another machine.
final class Lanes: Sendable {
  /// Fewer waiting tests than this are not worth the start of a further machine.
  static let worthAMachine = 12

  private struct Lane {
    var waiting: ArraySlice<Int>
    var workers = 0
  }

  private struct State {
    var lanes: [Lane]
    var stopped = false
  }

  private let state: Mutex<State>

  /// - Parameter tests: for each lane, the numbers of its tests in their order.
  init(tests: [[Int]]) {
    self.state = Mutex(State(lanes: tests.map { Lane(waiting: $0[...]) }))
  }

  /// A lane to work in, `nil` when there is nothing left to do. To be given back with `leave`.
  func enter() -> Int? {
    state.withLock { state in
      guard !state.stopped else { return nil }
      let open = state.lanes.indices.filter { lane in
        let lane = state.lanes[lane]
        return !lane.waiting.isEmpty && (lane.workers == 0 || lane.waiting.count >= Self.worthAMachine)
      }
      let best = open.min { left, right in
        let (left, right) = (state.lanes[left], state.lanes[right])
        return left.workers == right.workers ? left.waiting.count > right.waiting.count : left.workers < right.workers
      }
      if let best { state.lanes[best].workers += 1 }
      return best
    }
  }

  /// The next test of a lane, `nil` when it is done.
  func next(in lane: Int) -> Int? {
    state.withLock { state in state.stopped ? nil : state.lanes[lane].waiting.popFirst() }
  }

  /// Takes all that is left of a lane that can't be worked in.
  func drain(_ lane: Int) -> [Int] {
    state.withLock { state in
      defer { state.lanes[lane].waiting = [] }
      return Array(state.lanes[lane].waiting)
    }
  }

  func leave(_ lane: Int) { state.withLock { $0.lanes[lane].workers -= 1 } }

  /// Lets no further test begin.
  func stop() { state.withLock { $0.stopped = true } }
}
