import TestPlan

/// Reads and writes a message of every kind with all that tests put into plans and get back, before the snapshot: the
/// first time, pages of code are brought in and Swift's runtime makes the type of each kind of array.
enum Rehearsal {
  static func run(_ object: ObjectID) {
    rehearse(.run(number: 0, plan: plan(object)))
    rehearse(.observed(number: 0, observations: observations))
    let refusal = Refusal(stage: .load, operation: "load", errno: 22, program: "p", map: "m", verifierLog: "0: exit")
    rehearse(.observed(number: 0, observations: Observations(load: .refused(refusal))))
    rehearse(.observed(number: 0, observations: Observations(load: .missing([.kfunc("none")]))))
  }

  private static func rehearse(_ message: HostMessage) {
    _ = try? HostMessage(payload: message.payload)
  }

  private static func rehearse(_ message: GuestMessage) {
    _ = Frame.wrap(message.payload)
  }

  private static let bytes = Bytes([1, 2, 3, 4])
  private static let place = GlobalPlace(section: ".bss", offset: 0, size: 4)

  private static var entries: [MapEntry] {
    let references: [MapReference.Target] = [.program("p"), .interface("lo"), .cgroup("test"), .socket("s"), .task]
    return [
      MapEntry(key: bytes, value: .bytes(bytes), references: references.map { MapReference(target: $0) }),
      MapEntry(key: bytes, value: .perCPU([bytes])),
      MapEntry(key: bytes, value: .program("p")),
      MapEntry(key: bytes, value: .map("m")),
      MapEntry(key: bytes, value: .contents(InnerMap(entries: [], maxEntries: 1))),
    ]
  }

  private static func plan(_ object: ObjectID) -> TestPlan {
    let kind = SocketKind(family: 2, type: 1)
    let sockets: [SocketOperation.Action] = [
      .listen(kind, address: bytes), .connect(kind, address: bytes, from: nil), .accept(from: "s"),
      .send(bytes, to: nil), .receive(count: 4), .close,
    ]
    let targets: [Attachment.Target] = [
      .function(name: "f", offset: 0), .functions(["f"]), .userFunction(path: "/", symbol: "f", offset: 0),
      .tracepoint(category: "c", name: "t"), .rawTracepoint("t"), .cgroup(path: nil), .networkNamespace,
      .xdp(interface: "lo"), .tc(interface: "lo", egress: true), .map("m"),
    ]
    let end = DeviceEnd(
      name: "v0", index: 2, addresses: [InterfaceAddress(bytes: bytes, prefixLength: 24)], mac: bytes, mtu: 1500,
      namespace: "far")
    let triggers: [Trigger] = [
      .exec(arguments: ["/bin/true"], standardInput: nil), .open(path: "/", flags: 0, mode: 0), .read(path: "/"),
      .write(path: "/", bytes: bytes, creates: true), .kill(signal: 9), .sleep(seconds: 0),
      .call(name: "getpid", arguments: [.number(1), .text("t"), .bytes(bytes)]), .iterate(program: "p"),
    ]
    var step = Step(
      program: "p", globals: [GlobalWrite(section: ".bss", offset: 0, bytes: bytes)],
      maps: [MapWrite(map: "m", entries: entries)], data: bytes, context: bytes, contextSizeOut: 4, readMaps: ["m"],
      readSections: [".bss"], events: [EventRead(map: "m", count: 1, limit: 1)],
      triggers: triggers + sockets.map { .socket(SocketOperation(socket: "s", action: $0)) }, triggerLimit: 1,
      processGlobals: [place],
      waits: [
        Wait(place: .global(place), bound: 1, seconds: 1),
        Wait(place: .map(name: "m", key: bytes, offset: 0, size: 4), bound: 1, seconds: 1),
      ],
      lookups: [MapLookup(map: "m", entries: entries)])
    step.timing = TimingRequest(batches: 1, runsPerBatch: 1)
    return TestPlan(
      object: object, programs: ["p"], programTypes: ["p": 6], mapSizes: ["m": 1],
      globals: [GlobalWrite(section: ".data", offset: 0, bytes: bytes)], maps: [MapWrite(map: "m", entries: entries)],
      requirements: [.helper(name: "h", id: 1, programType: 6), .attach("kprobe")], steps: [step, step],
      files: [FileWrite(path: "/f", bytes: bytes, mode: 0o755)],
      attachments: targets.map { Attachment(.program("p"), to: $0) }, processGlobals: [place],
      environment: Environment(
        network: true, devices: [NetworkDevice(kind: .veth, end: end, peer: end)], cgroup: true,
        sockets: [SocketOperation(socket: "s", action: .open(kind))]))
  }

  private static var observations: Observations {
    var step = StepObservation(
      refusal: Refusal(stage: .run, operation: "run", errno: 22), data: bytes, context: bytes,
      maps: [MapObservation(map: "m", entries: entries, frames: [["f"]])],
      sections: [SectionObservation(section: ".bss", bytes: bytes)],
      events: [EventObservation(map: "m", records: [bytes])])
    step.timing = Timing(batches: [1], overhead: [1], jited: true, interruptions: 0)
    step.triggers = [TriggerObservation(exitStatus: 0, signal: 9, output: bytes, errorOutput: bytes, local: bytes)]
    step.process = 1
    step.waits = [WaitObservation(number: 1, isMet: true)]
    var seen = Observations(load: .loaded, programs: [ProgramObservation(name: "p", type: 6)], steps: [step, step])
    seen.kernel = KernelObservation(lines: [KernelLine(priority: 4, time: 1, text: "t")])
    return seen
  }
}
