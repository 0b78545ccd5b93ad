import BPF
import TestPlan

extension MapUpdateExplainer {
  /// Why a program that the verifier accepted was refused: it shares a prog array with another that it can't share one with.
  func sharing(_ refusal: Refusal) -> String? {
    sharing(errno: refusal.errno, program: refusal.program, verifierLog: refusal.verifierLog)
  }

  /// Why a slot that the object itself fills at load was refused.
  func slot(_ refusal: Refusal) -> String? { slot(libbpfLog: refusal.libbpfLog) }

  /// Why an update of one of these was refused; `nil` when nothing is known beyond the errno.
  func explain(_ refusal: Refusal, _ writes: [MapWrite]) -> String? {
    guard refusal.errno != 0, refusal.operation.hasPrefix("update"),
      let write = writes.first(where: { refusal.operation.contains("`\($0.map)`") })
    else { return nil }
    let subjects = write.entries.compactMap { entry -> Subject? in
      switch entry.value {
      case .program(let name): .program(name)
      case .map(let name): .map(name)
      default: nil
      }
    }
    return explain(errno: refusal.errno, map: write.map, subjects)
  }
}
