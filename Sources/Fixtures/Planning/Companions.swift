/// Tests of one object that had better be loaded together.
enum Companions {
  /// An object whose prog arrays hold programs from the start needs them loaded whatever a test runs: it is loaded once, with
  /// all that the suite's tests want, and not anew for each.
  static func join(_ tests: [PlannedTest]) -> [PlannedTest] {
    guard tests.contains(where: { $0.plan.initialPrograms != nil }) else { return tests }
    let joined = tests.filter(isJoined).flatMap(\.plan.programs).uniqued()
    return tests.map { test in
      guard isJoined(test) else { return test }
      var test = test
      test.plan.companions = joined.filter { !test.plan.programs.contains($0) }
      return test
    }
  }

  /// Tests that load in a way of their own stay alone.
  private static func isJoined(_ test: PlannedTest) -> Bool {
    test.plan.programTypes.isEmpty && test.plan.attachTypes == nil && !test.plan.wantsVerifierLog
      && test.plan.jit == nil && test.plan.replacements == nil
      && !test.load.outcome.all.contains(.rejected)
  }
}
