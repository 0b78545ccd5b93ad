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
  private let ownsKernel: Bool
  private var printk: PrintkReader?
  private var loaded: [LoadKey: LoadedObject] = [:]
  /// Programs of objects that are loaded as a whole that were refused, and why.
  private var refused: [LoadKey: [String: Refusal]] = [:]
  /// Loaded objects kept at the most: tests of one suite differ in few ways of loading.
  private static let mostLoaded = 4
  private let clock = ContinuousClock()
  /// The kernel's log, where it can be read.
  private let log: KernelLogReader?

  /// - Parameters:
  ///   - areChecked: whether objects that are handed over have been opened before, by the host of a guest, so that they need no
  ///     second look for damage.
  ///   - ownsKernel: whether nobody else uses the kernel, as in a guest: then tests are marked in its log, and all that it
  ///     writes there is of the tests.
  public init(areChecked: Bool = false, ownsKernel: Bool = false) {
    self.areChecked = areChecked
    self.ownsKernel = ownsKernel
    self.log = KernelLogReader(isMarked: ownsKernel)
  }

  /// Keeps an object's bytes for plans that name it, and what part of this kernel's BTF its CO-RE relocations need.
  public func keep(_ id: ObjectID, bytes: [UInt8], relocationBTF: [UInt8]? = nil) {
    objects[id] = (bytes, relocationBTF)
  }

  /// Does what the plan says, in the order that `TestPlan` documents. `number` is what marks in the kernel's log call it.
  public func run(_ plan: TestPlan, number: Int = 0) -> Observations {
    log?.begin(number)
    var observations = timed(plan)
    observations.kernel = log?.end(number)
    return observations
  }

  private func timed(_ plan: TestPlan) -> Observations {
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
    let printk: PrintkReader?
    do {
      printk = try beginPrintk(for: plan)
    } catch {
      return Observations(load: .refused(error.refusal(at: .environment)))
    }
    defer { printk?.end() }
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
        self.loaded = self.loaded.filter { $0.value !== loaded }
        return observe(original, in: environment)
      }
      return Observations(load: .refused(error.refusal(at: .attach)))
    }
    var observations = Observations(load: .loaded, programs: loaded.programs)
    observations.steps.reserveCapacity(plan.steps.count)
    for step in plan.steps {
      var observation = loaded.runner.run(step, scene, events: events, processGlobals: plan.processGlobals)
      observation.printk = printk?.lines()
      observations.steps.append(observation)
      if observation.refusal != nil, !step.mayBeRefused { break }
    }
    return observations
  }

  /// What reads the lines of the plan's programs, where that is asked for; made once.
  private func beginPrintk(for plan: TestPlan) throws(BPFError) -> PrintkReader? {
    guard let isNeeded = plan.printk else { return nil }
    if printk == nil {
      do {
        printk = try PrintkReader(ownsMachine: ownsKernel)
      } catch {
        if isNeeded { throw error }
        return nil
      }
    }
    printk?.begin(sharesPipe: plan.steps.contains { $0.triggers != nil })
    return printk
  }

  /// The plan's object, loaded; with programs of other tests, where that spares loading it for each.
  private func obtain(_ plan: TestPlan) throws(Refused) -> LoadedObject {
    guard let companions = plan.companions, !companions.isEmpty else { return try obtainAlone(plan) }
    let whole = Whole(plan, with: companions)
    while true {
      let known = refused[whole.key] ?? [:]
      if let refusal = whole.refusal(of: plan, among: known) { throw Refused(refusal) }
      do throws(Refused) {
        return try obtainAlone(whole.plan(without: known))
      } catch {
        // Who is refused is known from now on, and costs nobody else anything. What isn't about a program, such as an extern of
        // a companion's that the kernel lacks, is no affair of the test's either.
        guard let program = error.refusal.program, known[program] == nil, whole.plan.programs.contains(program),
          error.refusal.errno != ENOMEM
        else { return try obtainAlone(plan) }
        if refused[whole.key] == nil { refused = refused.filter { $0.key.object == plan.object } }
        refused[whole.key, default: [:]][program] = error.refusal
      }
    }
  }

  /// The plan's object, loaded: one that an earlier test has left, set back to its beginning, or a fresh one.
  private func obtainAlone(_ plan: TestPlan) throws(Refused) -> LoadedObject {
    let key = LoadKey(plan)
    if plan.loadsAnew != true, let kept = loaded[key], kept.restore() { return kept }
    // Only objects of the suite at hand: maps take memory, and its tests come one after the other.
    loaded = loaded.filter { $0.key.object == plan.object && $0.key != key }
    if loaded.count >= Self.mostLoaded { loaded.removeAll() }
    let object = try openAndLoad(plan)
    let replacing = try ReplacingPrograms.make(
      for: plan, beside: object, open: { () throws(Refused) in try open(plan, sharesMaps: true) },
      load: { object throws(Refused) in try load(object, plan, .everything) })
    let fresh = LoadedObject(object, replacing: replacing, plan: plan)
    loaded[key] = fresh
    return fresh
  }

  /// Instructions up to which a refused program is verified again for the whole log, as that takes no time to speak of.
  private static let quickly = 100_000

  /// The plan's object in the kernel: the verdict first, and then as much of the verifier's log as is wanted.
  private func openAndLoad(_ plan: TestPlan) throws(Refused) -> BPFObject {
    if plan.wantsVerifierLog { return try openAndLoad(plan, .everything) }
    do throws(Refused) {
      return try openAndLoad(plan, .complaints)
    } catch {
      let log = VerifierLog(error.refusal.verifierLog)
      guard let program = error.refusal.program, let processed = log.processed, processed > 0,
        plan.wantsWholeLog == true || processed <= Self.quickly || !log.isOfLimit
      else { throw error }
      do throws(Refused) {
        return try openAndLoad(plan, .everythingOf(program: program))
      } catch let second {
        guard second.refusal.program == program else { throw error }
        var whole = error
        whole.refusal.verifierLog = second.refusal.verifierLog
        throw whole
      }
    }
  }

  /// Copies of other ways of loading are given up before a load fails for want of memory.
  private func openAndLoad(_ plan: TestPlan, _ detail: VerifierDetail) throws(Refused) -> BPFObject {
    do throws(Refused) {
      let object = try open(plan)
      giveUpCopies(unlessThereIs: object.mapMemory)
      try load(object, plan, detail)
      return object
    } catch {
      guard error.refusal.errno == ENOMEM else { throw error }
      // The object is gone by now, with the maps that it had got already. The test before may have left some, too.
      loaded.removeAll()
      FreeMemory.settle()
      let object = try open(plan)
      try load(object, plan, detail)
      return object
    }
  }

  private func giveUpCopies(unlessThereIs bytes: Int) {
    guard !FreeMemory.isEnough(for: bytes) else { return }
    loaded.removeAll()
    FreeMemory.wait(for: bytes)
  }

  static func isReadOnly(_ section: String) -> Bool { section.hasPrefix(".rodata") || section == ".kconfig" }

  private func open(_ plan: TestPlan, sharesMaps: Bool = false) throws(Refused) -> BPFObject {
    guard let kept = objects[plan.object] else {
      throw Refused(Refusal(stage: .open, operation: "object \(plan.object.rawValue) was never handed over", errno: 0))
    }
    do {
      let object = try BPFObject(
        bytes: kept.bytes, name: plan.object.rawValue, programs: Set(plan.programs), relocationBTF: kept.relocationBTF,
        kconfig: plan.kconfig,
        // Prog arrays that are there already are not to be filled again.
        without: sharesMaps
          ? Set(InitialPrograms.names(in: kept.bytes)) : Set(plan.initialPrograms ?? []).subtracting(plan.programs),
        isChecked: areChecked)
      let later = Set((plan.replacements ?? []).map(\.program))
      for program in object.programs {
        try program.setAutoload(plan.programs.contains(program.name) && !later.contains(program.name))
      }
      for (name, type) in plan.programTypes {
        try object.program(name).setType(BPFProgramType(rawValue: type), attachType: plan.attachTypes?[name])
      }
      for (name, size) in plan.mapSizes { try object.map(name).setMaxEntries(size) }
      for (name, size) in plan.keySizes ?? [:] { try object.map(name).setKeySize(size) }
      for (name, size) in plan.valueSizes ?? [:] { try object.map(name).setValueSize(size) }
      for inner in plan.innerMaps ?? [] {
        let sizes = MapDefinition(
          type: BPFMapType(rawValue: inner.type), keySize: Int(inner.keySize), valueSize: Int(inner.valueSize),
          maxEntries: inner.maxEntries, flags: inner.flags)
        let like = inner.like.flatMap { MapDefinition(of: $0, in: object.btf) }
        try object.map(inner.outer).setInner(like ?? sizes)
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

  private func load(_ object: BPFObject, _ plan: TestPlan, _ detail: VerifierDetail) throws(Refused) {
    do {
      try JITSetting.with(plan.jit) { () throws(BPFError) in try object.load(detail) }
    } catch {
      var refusal = error.refusal(at: .load)
      refusal.libbpfLog = object.libbpfLog
      let blamed = LibbpfLog.blamed(in: object.libbpfLog)
      refusal.map = blamed.map
      // libbpf names the program it failed on; where it doesn't, the one that the verifier wrote about is it.
      refusal.program =
        blamed.program
        ?? (blamed.map == nil ? object.programs.last { !object.verifierLog(of: $0.name).isEmpty }?.name : nil)
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
