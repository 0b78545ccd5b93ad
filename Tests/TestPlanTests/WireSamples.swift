@testable import TestPlan

/// Messages with something in every field and every case of every enumeration, no two fields of a value being alike.
enum WireSample {
  static let kind = SocketKind(family: 2, type: 3, protocolNumber: 17)
  static let place = GlobalPlace(section: ".data", offset: 12, size: 8)
  static let inner = InnerMap(
    entries: [MapEntry(key: Bytes([1]), value: .contents(InnerMap(entries: [], maxEntries: 3)))], maxEntries: 7)
  static let mapTargets: [MapReference.Target] = [
    .program("a"), .interface("b"), .cgroup("c"), .file("d"), .socket("e"), .task, .trigger,
  ]
  static let mapValues: [MapValue] = [
    .bytes(Bytes([5])), .perCPU([Bytes([6]), Bytes()]), .program("p"), .map("m"), .contents(inner), .deleted,
  ]
  static let entries = mapValues.map {
    MapEntry(
      key: Bytes([9, 8]), value: $0, references: mapTargets.map { MapReference(isKey: true, offset: -4, target: $0) })
  }
  static let requirements: [Requirement] = [
    .helper(name: "loop", id: 181, programType: 6), .kfunc("k"), .programType(name: "xdp", id: 6),
    .mapType(name: "hash", id: 1), .btf("struct foo"), .attach("kprobe"), .testRun("xdp"), .interpreter,
    .device("veth"), .processors(2),
  ]
  static let actions: [SocketOperation.Action] = [
    .open(kind), .listen(kind, address: Bytes([1])), .connect(kind, address: Bytes([2]), from: Bytes([3])),
    .accept(from: "l"), .send(Bytes([4]), to: Bytes([5])), .receive(count: 6),
    .setOption(level: 1, option: -2, value: Bytes([7])), .getOption(level: 3, option: 4, size: 5), .shutdown, .close,
    .inject(device: 2, Bytes([8])),
  ]
  static let sockets = actions.map {
    SocketOperation(
      socket: "s", action: $0, options: [SocketOption(level: 1, option: 2, value: Bytes([3]))], namespace: "far",
      limit: 2.5)
  }
  static let arguments: [CallArgument] = [.number(.min), .text("größe"), .bytes(Bytes([0]))]
  static let triggers: [Trigger] =
    [
      .exec(arguments: ["/bin/true", "x"], standardInput: Bytes([1])), .open(path: "/a", flags: -1, mode: 0o644),
      .read(path: "/b"), .write(path: "/c", bytes: Bytes([2]), creates: true), .kill(signal: 9), .sleep(seconds: 0.25),
      .call(name: "bpf", arguments: arguments), .iterate(program: "i"),
    ] + sockets.map { .socket($0) }
  static let comparisons: [Wait.Comparison] = [.equal, .different, .atLeast, .atMost]
  static let waitPlaces: [Wait.Place] = [.global(place), .map(name: "m", key: Bytes([4]), offset: 5, size: 6)]
  static let waits = waitPlaces.flatMap { place in
    comparisons.map {
      Wait(place: place, isSigned: true, isBigEndian: true, comparison: $0, bound: -3, seconds: 1.5)
    }
  }
  static let subjects: [Attachment.Subject] = [.program("p"), .map("m")]
  static let targets: [Attachment.Target] = [
    .function(name: "f", offset: 16), .functions(["a*", "b"]), .userFunction(path: "/x", symbol: "main", offset: 4),
    .usdt(path: "/y", provider: "prov", name: "n"), .tracepoint(category: "sched", name: "switch"),
    .rawTracepoint("raw"), .cpuClock(frequency: 99), .cgroup(path: "/sys"), .networkNamespace, .xdp(interface: "v0"),
    .tc(interface: "v1", egress: true), .map("sock"), .socket("listener"),
    .netfilter(family: 2, hook: 3, priority: -128),
  ]
  static let deviceKinds: [NetworkDevice.Kind] = [.veth, .dummy]
  static let end = DeviceEnd(
    name: "v0", index: 2, addresses: [InterfaceAddress(bytes: Bytes([10, 0, 0, 1]), prefixLength: 24)],
    mac: Bytes([2, 0, 0, 0, 0, 1]), mtu: 9000, namespace: "far")
  static let environment = Environment(
    network: true, devices: deviceKinds.map { NetworkDevice(kind: $0, end: end, peer: end) }, cgroup: true,
    sockets: sockets, settings: [NetworkSetting(name: "net.x", value: "1")],
    routes: Route.Kind.allCases.map {
      Route(
        $0, to: InterfaceAddress(bytes: Bytes([10, 0, 0, 0]), prefixLength: 8), gateway: Bytes([1]), device: "v0",
        source: Bytes([2]), metric: 3, mtu: 1400, table: 500, namespace: "far")
    }, neighbours: [Neighbour(address: Bytes([1]), mac: Bytes([2]), device: "v0", namespace: "far")])
  static let holders: [ReturnPlace.Holder] = [.global(1), .mapValue(write: 2, entry: 3), .context, .prefix]
  static let carryOver = CarryOver(
    packet: CarriedPacket(prefix: Bytes([1]), changes: [PacketChange(offset: 22, bytes: Bytes([2]))]),
    contextMask: Bytes([3]), returns: holders.map { ReturnPlace(holder: $0, offset: 4, byte: 5) })

  static let step: Step = {
    var step = Step(
      program: "p", globals: [GlobalWrite(section: ".bss", offset: 3, bytes: Bytes([1]), mask: Bytes([2]))],
      maps: [MapWrite(map: "m", entries: entries)], data: Bytes([UInt8](repeating: 7, count: 300)),
      context: Bytes([8]), contextSizeOut: 44, repetitions: 5, flags: 2, cpu: 3, batchSize: 64,
      readMaps: ["x"], readSections: [".y"], events: [EventRead(map: "e", count: 4, limit: 1.25, quiet: 0.5)],
      triggers: triggers, triggerLimit: 3.5, processGlobals: [place], waits: waits,
      lookups: [MapLookup(map: "l", entries: entries)])
    step.contextState = Bytes([6])
    step.timing = TimingRequest(batches: 10, runsPerBatch: 20, jit: true)
    step.carryOver = carryOver
    step.triggersFirst = true
    step.mayBeRefused = true
    step.mayRefuseWrites = true
    return step
  }()

  static let plan: TestPlan = {
    var plan = TestPlan(
      object: ObjectID(rawValue: "abc"), programs: ["p", "q"], programTypes: ["p": 6, "q": 1], mapSizes: ["m": 1 << 20],
      globals: [GlobalWrite(section: ".rodata", offset: 4, bytes: Bytes([1, 2, 3]))],
      maps: [MapWrite(map: "w", entries: entries)], requirements: requirements,
      steps: [Step(program: "first"), step, step], wantsVerifierLog: true,
      files: [FileWrite(path: "/tmp/f", bytes: Bytes([1]), mode: 0o755)],
      attachments: subjects.flatMap { subject in targets.map { Attachment(subject, to: $0) } },
      processGlobals: [place, place], environment: environment)
    plan.attachTypes = ["p": 37]
    plan.keySizes = ["k": 4]
    plan.valueSizes = ["v": 8]
    plan.kconfig = "CONFIG_HZ=250"
    plan.innerSizes = ["o": 3]
    plan.innerMaps = [
      InnerDefinition(outer: "o", type: 1, keySize: 4, valueSize: 8, maxEntries: 16, flags: 1, like: "m")
    ]
    plan.jit = false
    plan.loadsAnew = true
    plan.wantsWholeLog = true
    plan.initialPrograms = ["i"]
    plan.companions = ["c", "d"]
    plan.printk = false
    plan.replacements = [Replacement(program: "p", target: "q", function: "f")]
    return plan
  }()

  static let stages: [Refusal.Stage] = [
    .open, .prepare, .environment, .load, .setup, .attach, .run, .trigger, .read,
  ]
  static func refusal(_ stage: Refusal.Stage) -> Refusal {
    var refusal = Refusal(
      stage: stage, operation: "update of map `m`", errno: 22, program: "p", map: "m", verifierLog: "0: R1=ctx()\n…",
      libbpfLog: "libbpf: x")
    refusal.gap = "fragments"
    return refusal
  }

  static func seen(_ stage: Refusal.Stage) -> StepObservation {
    var step = StepObservation(
      refusal: refusal(stage), returnValue: .max, nanoseconds: 50, data: Bytes([1]), truncatedFrom: 9000,
      context: Bytes([2]), interruptions: 3,
      maps: [MapObservation(map: "m", entries: entries, frames: [["inner", "outer"], []])],
      sections: [SectionObservation(section: ".bss", bytes: Bytes([4]))],
      events: [EventObservation(map: "e", records: [Bytes([5]), Bytes()], lost: 6)])
    step.timing = Timing(batches: [1, .max], overhead: [2], jited: true, interruptions: 3)
    step.triggers = [
      TriggerObservation(
        errno: 1, result: -2, exitStatus: 3, signal: 4, output: Bytes([5]), errorOutput: Bytes([6]), local: Bytes([7]),
        peer: Bytes([8]))
    ]
    step.process = 77
    step.waits = [WaitObservation(number: -9, isMet: true)]
    step.printk = ["hello", ""]
    step.sent = Bytes([11])
    step.sentContext = Bytes([12])
    step.refusedWrite = refusal(.setup)
    return step
  }

  static let outcomes: [LoadOutcome] = [.loaded, .missing(requirements), .refused(refusal(.load))]
  static let observations = outcomes.map { outcome in
    var seen = Observations(
      load: outcome,
      programs: [ProgramObservation(name: "p", type: 6, verifiedInstructions: 1000, verifierLog: "processed")],
      steps: stages.map(seen), seconds: 0.125)
    seen.kernel = KernelObservation(
      began: 5, ended: .max, lines: [KernelLine(priority: 4, time: 6, text: "WARNING: größe")],
      late: [KernelLine(priority: 30, time: 4, text: "")], lost: 7, taint: 1 << 9, thread: 8)
    return seen
  }

  static let facts = GuestFacts(
    release: "6.1.0", machine: "x86_64", libbpf: "1.1.2", possibleCPUs: 4, hasFetchingAtomics: false)
  static let fromHost: [HostMessage] = [
    .object(id: ObjectID(rawValue: "abc"), bytes: Bytes([1, 2]), relocationBTF: Bytes([3])),
    .run(number: 300, plan: plan), .hello,
  ]
  static let fromGuest: [GuestMessage] =
    [.ready(facts), .failed(reason: "because")]
    + observations.map { .observed(number: 2, observations: $0) }
}
