import TestPlan

/// An object whose prog arrays hold programs from the start, with all that tests want of it: it is loaded as one.
struct Whole {
  /// The test's plan with all programs.
  let plan: TestPlan
  let key: LoadKey

  init(_ test: TestPlan, with companions: [String]) {
    var plan = test
    plan.companions = nil
    plan.programs += companions.filter { !test.programs.contains($0) }
    self.plan = plan
    self.key = LoadKey(plan)
  }

  func plan(without refused: [String: Refusal]) -> TestPlan {
    var part = plan
    part.programs.removeAll { refused[$0] != nil }
    return part
  }

  /// Why a test can't have what it needs. One that only loads needs what it names; one that runs, what may be called from
  /// there, too.
  func refusal(of test: TestPlan, among refused: [String: Refusal]) -> Refusal? {
    let initial = test.initialPrograms ?? []
    return test.programs.lazy.filter { !(test.isOfLoading && initial.contains($0)) }.compactMap { refused[$0] }.first
  }
}
