import Executor
import TestPlan

/// Answers the host, one message after the other.
struct Agent {
  private let executor = PlanExecutor(areChecked: true, ownsKernel: true)
  private let facts = PlanExecutor.facts()

  /// Answers for ever. What is slow the first time is done before the host hears that the agent is there, which is when it
  /// takes the snapshot, so that no clone has to do it.
  static func serve(_ port: GuestPort) throws {
    WarmUp.run()
    let agent = Agent()
    try port.send(GuestMessage.ready(agent.facts).payload)
    while true {
      if let answer = agent.answer(try port.receive()) { try port.send(answer.payload) }
    }
  }

  /// The answer to a message, `nil` where none is expected.
  func answer(_ payload: [UInt8]) -> GuestMessage? {
    let message: HostMessage
    do {
      message = try HostMessage(payload: payload)
    } catch {
      return .failed(reason: "the agent can't understand the host: \(error)")
    }
    switch message {
    case .hello: return .ready(facts)
    case .object(let id, let bytes, let relocationBTF):
      executor.keep(id, bytes: bytes.array, relocationBTF: relocationBTF?.array)
      return nil
    case .run(let number, let plan): return .observed(number: number, observations: executor.run(plan, number: number))
    }
  }
}
