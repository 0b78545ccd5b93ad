import BPF
import TestPlan

extension TestEnvironment {
  /// Runs `body` in the environment that a plan asks for, if it does, and removes it afterwards.
  static func around(
    _ description: Environment?, _ body: (TestEnvironment?) -> Observations
  ) -> Observations {
    guard let description else { return body(nil) }
    let environment: TestEnvironment
    do {
      environment = try TestEnvironment(description)
    } catch {
      if error.code == .unknownDevice { return Observations(load: .missing([.device(error.detail)])) }
      return Observations(load: .refused(error.refusal(at: error.code == .badArgument ? .prepare : .environment)))
    }
    defer { environment.leave() }
    return body(environment)
  }
}
