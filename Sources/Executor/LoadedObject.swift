import BPF
import TestPlan

/// What decides how an object is loaded. Tests that agree in it can share a loaded object, one after the other.
struct LoadKey: Hashable {
  var object: ObjectID
  var programs: Set<String>
  var programTypes: [String: UInt32]
  var attachTypes: [String: UInt32]?
  var mapSizes: [String: UInt32]
  var keySizes: [String: UInt32]?
  var valueSizes: [String: UInt32]?
  var innerSizes: [String: UInt32]?
  var innerMaps: [InnerDefinition]?
  var readOnlyGlobals: [GlobalWrite]
  var wantsVerifierLog: Bool
  var jit: Bool?
  var kconfig: String?
  var attachTargets: [String: String]
  var replacements: [Replacement]?

  init(_ plan: TestPlan) {
    self.object = plan.object
    self.programs = Set(plan.programs)
    self.programTypes = plan.programTypes
    self.attachTypes = plan.attachTypes
    self.mapSizes = plan.mapSizes
    self.keySizes = plan.keySizes
    self.valueSizes = plan.valueSizes
    self.innerSizes = plan.innerSizes
    self.innerMaps = plan.innerMaps
    self.readOnlyGlobals = plan.globals.filter { PlanExecutor.isReadOnly($0.section) }
    self.wantsVerifierLog = plan.wantsVerifierLog
    self.jit = plan.jit
    self.kconfig = plan.kconfig
    self.attachTargets = plan.attachTargets
    self.replacements = plan.replacements
  }
}

/// An object in the kernel, and the way back to how it was when it was loaded.
final class LoadedObject {
  let object: BPFObject
  /// Programs that replace functions of the others.
  let replacing: ReplacingPrograms?
  let runner: StepRunner
  let programs: [ProgramObservation]
  /// Whether an earlier test has attached its programs.
  var hasBeenAttached = false
  private let reset: MapReset?

  init(_ object: BPFObject, replacing: ReplacingPrograms?, plan: TestPlan) {
    self.object = object
    self.replacing = replacing
    self.runner = StepRunner(object: object, replacing: replacing)
    let all = object.programs.map { replacing?.program($0.name) ?? $0 }
    self.programs = all.filter { $0.descriptor != nil }.map { program in
      ProgramObservation(
        name: program.name, type: program.type.rawValue, verifiedInstructions: program.verifiedInstructions,
        verifierLog: plan.wantsVerifierLog ? program.object.verifierLog(of: program.name) : "")
    }
    self.reset = MapReset(object)
  }

  /// Makes its maps and globals as they were; `false` when that can't be done, so that the object must be loaded anew.
  func restore() -> Bool {
    guard let reset else { return false }
    return (try? reset.apply()) ?? false
  }
}
