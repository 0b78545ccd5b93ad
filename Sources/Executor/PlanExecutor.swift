import BPF
import Glibc
import TestPlan

/// Runs test plans on the kernel it stands on: the host's, or the one in a micro-VM.
///
/// It judges nothing. Whatever the kernel or libbpf refuse becomes part of the observations; it throws never.
/// An executor belongs to one thread at a time.
public final class PlanExecutor {
  private var objects: [ObjectID: (bytes: [UInt8], relocationBTF: [UInt8]?)] = [:]
  private let areChecked: Bool
  private var loaded: [LoadKey: LoadedObject] = [:]
  /// Loaded objects kept at the most: tests of one suite differ in few ways of loading.
  private static let mostLoaded = 4
  private let clock = ContinuousClock()

  /// - Parameter areChecked: whether objects that are handed over have been opened before, by the host of a guest, so that
  ///   they need no second look for damage.
  public init(areChecked: Bool = false) { self.areChecked = areChecked }

  /// Keeps an object's bytes for plans that name it, and what part of this kernel's BTF its CO-RE relocations need.
  public func keep(_ id: ObjectID, bytes: [UInt8], relocationBTF: [UInt8]? = nil) {
    objects[id] = (bytes, relocationBTF)
  }

  /// Does what the plan says, in the order that `TestPlan` documents.
  public func run(_ plan: TestPlan) -> Observations {
    let start = clock.now
    // One processor sees all of it: values and buffers that each has its own of then hold what the test made.
    let pin = ThreadPin()
    defer { pin?.release() }
    var observations = observe(plan)
    observations.seconds = (clock.now - start) / .seconds(1)
    return observations
  }

  private func observe(_ plan: TestPlan) -> Observations {
    do throws(BPFError) {
      var missing: [Requirement] = []
      for requirement in plan.requirements where try !KernelProbe.has(requirement) { missing.append(requirement) }
      guard missing.isEmpty else { return Observations(load: .missing(missing)) }
    } catch {
      return Observations(load: .refused(error.refusal(at: .environment)))
    }
    return TestEnvironment.around(plan.environment) { observe(plan, in: $0) }
  }

  private func observe(_ plan: TestPlan, in environment: TestEnvironment?) -> Observations {
    let scene = TestScene(environment: environment)
    defer { scene.close() }
    let original = plan
    var plan = plan
    let loaded: LoadedObject
    do {
      try scene.make(plan.files ?? [])
      plan.globals += try scene.processNumber(for: plan)
    } catch {
      return Observations(load: .refused(error.refusal(at: .prepare)))
    }
    do {
      loaded = try obtain(plan)
    } catch {
      return Observations(load: .refused(error.refusal))
    }
    let attachments = plan.attachments ?? []
    do {
      // A socket takes on the programs that its sock map has when it is put there.
      try scene.attach(attachments.filter(\.isToMap), of: loaded)
    } catch {
      return Observations(load: .refused(error.refusal(at: .attach)))
    }
    let events: EventReaders
    do {
      events = try EventReaders(plan, maps: loaded.runner.maps)
      try loaded.runner.write(maps: plan.maps, in: scene)
      try loaded.runner.write(globals: plan.globals.filter { !Self.isReadOnly($0.section) })
    } catch {
      return Observations(load: .refused(error.refusal(at: .setup)))
    }
    do {
      try scene.attach(attachments.filter { !$0.isToMap }, of: loaded)
    } catch {
      // Before 5.13 a tracing program can be attached only once (ENOENT): the next test needs it loaded anew.
      if loaded.hasBeenAttached, error.errno == ENOENT {
        scene.close()
        self.loaded[LoadKey(plan)] = nil
        return observe(original, in: environment)
      }
      return Observations(load: .refused(error.refusal(at: .attach)))
    }
    var observations = Observations(load: .loaded, programs: loaded.programs)
    observations.steps.reserveCapacity(plan.steps.count)
    for step in plan.steps {
      let observation = loaded.runner.run(step, scene, events: events, processGlobals: plan.processGlobals)
      observations.steps.append(observation)
      if observation.refusal != nil { break }
    }
    return observations
  }

  /// The plan's object, loaded: one that an earlier test has left, set back to its beginning, or a fresh one.
  private func obtain(_ plan: TestPlan) throws(Refused) -> LoadedObject {
    let key = LoadKey(plan)
    if plan.loadsAnew != true, let kept = loaded[key], kept.restore() { return kept }
    // Only objects of the suite at hand: maps take memory, and its tests come one after the other.
    loaded = loaded.filter { $0.key.object == plan.object && $0.key != key }
    if loaded.count >= Self.mostLoaded { loaded.removeAll() }
    let object = try open(plan)
    try load(object, plan)
    let fresh = LoadedObject(object, plan: plan)
    loaded[key] = fresh
    return fresh
  }

  static func isReadOnly(_ section: String) -> Bool { section.hasPrefix(".rodata") || section == ".kconfig" }

  private func open(_ plan: TestPlan) throws(Refused) -> BPFObject {
    guard let kept = objects[plan.object] else {
      throw Refused(Refusal(stage: .open, operation: "object \(plan.object.rawValue) was never handed over", errno: 0))
    }
    do {
      let object = try BPFObject(
        bytes: kept.bytes, name: plan.object.rawValue, programs: Set(plan.programs), relocationBTF: kept.relocationBTF,
        kconfig: plan.kconfig, isChecked: areChecked)
      for program in object.programs { try program.setAutoload(plan.programs.contains(program.name)) }
      for (name, type) in plan.programTypes {
        try object.program(name).setType(BPFProgramType(rawValue: type), attachType: plan.attachTypes?[name])
      }
      for (name, size) in plan.mapSizes { try object.map(name).setMaxEntries(size) }
      for (name, size) in plan.keySizes ?? [:] { try object.map(name).setKeySize(size) }
      for (name, size) in plan.valueSizes ?? [:] { try object.map(name).setValueSize(size) }
      for inner in plan.innerMaps ?? [] {
        try object.map(inner.outer).setInner(
          MapDefinition(
            type: BPFMapType(rawValue: inner.type), keySize: Int(inner.keySize), valueSize: Int(inner.valueSize),
            maxEntries: inner.maxEntries, flags: inner.flags))
      }
      for (name, size) in plan.innerSizes ?? [:] { try object.map(name).setInnerMaxEntries(size) }
      for write in plan.globals where Self.isReadOnly(write.section) {
        try object.section(write.section).writeGlobals(write.bytes.array, at: write.offset)
      }
      try setTargets(of: object, plan)
      return object
    } catch let error as BPFError {
      throw Refused(error.refusal(at: error.code == .badObject ? .open : .prepare))
    } catch let error as Refused {
      throw error
    } catch {
      throw Refused(Refusal(stage: .open, operation: "\(error)", errno: 0))
    }
  }

  /// Programs of BPF trampolines are told before load what they attach to.
  private func setTargets(of object: BPFObject, _ plan: TestPlan) throws {
    for (name, target) in plan.attachTargets {
      let program = try object.program(name)
      guard program.type == .tracing || program.type == .lsm else { continue }
      do {
        try program.setAttachTarget(target)
      } catch {
        var refusal = error.refusal(at: .load)
        refusal.program = name
        // In libbpf's words, as of a section that names it.
        if error.errno == ESRCH || error.errno == ENOENT {
          refusal.libbpfLog =
            "libbpf: prog '\(name)': failed to find kernel BTF type ID of '\(target)': -\(error.errno)"
        }
        throw Refused(refusal)
      }
    }
  }

  /// Of a program that the kernel refused without a word: what else of the kind it refuses.
  private func gap(behind refusal: Refusal, of object: BPFObject) -> String? {
    let errors = [EINVAL, EOPNOTSUPP, Errno.notSupported]
    guard let name = refusal.program, errors.contains(refusal.errno),
      RefusalLines.verifier(refusal.verifierLog).isEmpty, refusal.libbpfLog.contains("program load failed"),
      let program = try? object.program(name)
    else { return nil }
    return program.gap()?.rawValue
  }

  private func load(_ object: BPFObject, _ plan: TestPlan) throws(Refused) {
    do {
      try JITSetting.with(plan.jit) { () throws(BPFError) in try object.load(verbose: plan.wantsVerifierLog) }
    } catch {
      var refusal = error.refusal(at: .load)
      refusal.libbpfLog = object.libbpfLog
      let blamed = LibbpfLog.blamed(in: object.libbpfLog)
      refusal.map = blamed.map
      // libbpf names the program it failed on; where it doesn't, the one that the verifier wrote about is it.
      refusal.program =
        blamed.program ?? (blamed.map == nil ? plan.programs.first { !object.verifierLog(of: $0).isEmpty } : nil)
      if let program = refusal.program { refusal.verifierLog = object.verifierLog(of: program) }
      refusal.gap = gap(behind: refusal, of: object)
      throw Refused(refusal)
    }
  }
}

/// A refusal on its way out of a function.
struct Refused: Error {
  var refusal: Refusal
  init(_ refusal: Refusal) { self.refusal = refusal }
}

extension BPFError {
  func refusal(at stage: Refusal.Stage) -> Refusal {
    Refusal(
      stage: stage, operation: detail.isEmpty || stage == .load ? operation : "\(operation): \(detail)", errno: errno)
  }
}
