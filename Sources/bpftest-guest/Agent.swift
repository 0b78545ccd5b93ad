import Executor
import TestPlan

/// Answers the host, one message after the other, for ever.
struct Agent {
  let port: GuestPort

  func serve() throws {
    let executor = PlanExecutor()
    // What is slow the first time is done before the snapshot is taken, so that no clone has to.
    WarmUp.run()
    try send(.ready(PlanExecutor.facts()))
    while true {
      let payload = try port.receive()
      let message: HostMessage
      do {
        message = try HostMessage(payload: payload)
      } catch {
        try send(.failed(reason: "the agent can't understand the host: \(error)"))
        continue
      }
      switch message {
      case .hello:
        try send(.ready(PlanExecutor.facts()))
      case .object(let id, let bytes, let relocationBTF):
        executor.keep(id, bytes: bytes.array, relocationBTF: relocationBTF?.array)
      case .run(let number, let plan):
        try send(.started(number: number))
        try send(.observed(number: number, observations: executor.run(plan)))
      }
    }
  }

  private func send(_ message: GuestMessage) throws {
    try port.send(message.payload)
  }
}
