import Executor
import TestPlan

/// Answers plans about a small object before the snapshot: libbpf then knows what the kernel can do (it tries out some twenty
/// features at the first load of a process), Swift's runtime has made the types that it makes when they are first needed, and
/// the code that every test needs is in memory.
enum WarmUp {
  /// An agent's work, from a payload to the frame that answers it.
  static func run() {
    PlanExecutor.warm()
    guard let object else { return }
    let agent = Agent()
    func ask(_ message: HostMessage) {
      if let answer = agent.answer(message.payload) { _ = Frame.wrap(answer.payload) }
    }
    let id = ObjectID(rawValue: "warm")
    func number(_ value: UInt8) -> Bytes { Bytes([value, 0, 0, 0]) }
    var plan = TestPlan(
      object: id, programs: ["warm"], globals: [GlobalWrite(section: ".rodata", offset: 0, bytes: number(1))],
      maps: [
        MapWrite(map: "counts", entries: (0..<20).map { MapEntry(key: number($0), value: .bytes(number($0))) }),
        MapWrite(map: "table", entries: [MapEntry(key: number(1), value: .bytes(number(1)))]),
        MapWrite(map: "each", entries: [MapEntry(key: number(0), value: .perCPU([number(1)]))]),
        MapWrite(map: "jumps", entries: [MapEntry(key: number(0), value: .program("warm"))]),
      ],
      steps: [
        Step(
          program: "warm", data: Bytes([UInt8](repeating: 0, count: 64)), readMaps: ["counts", "table", "each"],
          readSections: [".bss"])
      ])
    ask(.hello)
    ask(.object(id: id, bytes: object, relocationBTF: nil))
    // Nothing depends on the outcome: a kernel that refuses this refuses it again when a test asks. The second time, the
    // object is only set back.
    ask(.run(number: 0, plan: plan))
    ask(.run(number: 0, plan: plan))
    // As a program for tracing (BPF_PROG_TYPE_TRACING) it is refused, since it names nothing to be attached to.
    plan.programTypes = ["warm": 26]
    ask(.run(number: 0, plan: plan))
    plan.requirements = [.kfunc("none"), .btf("struct none")]
    ask(.run(number: 0, plan: plan))
    plan.requirements = []
    plan.environment = Environment(network: true, cgroup: true)
    ask(.run(number: 0, plan: plan))
    Rehearsal.run(id)
  }
}
