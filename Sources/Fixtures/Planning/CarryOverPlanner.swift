import BPF
import TestPlan

extension TestPlanner {
  /// The context that a step runs with, or what it changes of the one that it takes over.
  func context(
    of step: StepCase, _ contexts: ContextPlanner, _ carryOver: inout CarryOver
  ) -> ContextPlanner.Input? {
    func planner(_ complaints: Complaints) -> ContextPlanner {
      var planner = contexts
      planner.complaints = complaints
      return planner
    }
    func held(_ bytes: Bytes?) -> [(holder: ReturnPlace.Holder, bytes: [UInt8])] {
      bytes.map { [(.context, $0.array)] } ?? []
    }
    let context = numberingDevices(step.context)
    guard let node = context, CarriedPacketReader.isMeant(by: node) else {
      let own = PreviousReturn.encode(
        context, complaints, { planner($1).input($0, packet: step.packet) }, bytes: { held($0?.bytes) })
      carryOver.returns += own.places
      return own.result
    }
    let changes = PreviousReturn.encode(
      node, complaints, { node, complaints in node.flatMap { planner(complaints).changes($0) } },
      bytes: { held($0?.bytes) })
    carryOver.contextMask = changes.result?.mask
    carryOver.returns += changes.places
    return changes.result.map { ContextPlanner.Input(bytes: $0.bytes) }
  }

  /// What a step writes into globals and maps before it runs, where `$previous.return` may stand.
  func inputs(
    _ globals: YAMLNode?, _ maps: YAMLNode?, deleting keys: YAMLNode?, _ values: InputPlanner,
    _ carryOver: inout CarryOver
  ) -> (maps: [MapWrite], programs: [String], globals: [GlobalWrite]) {
    let deletions = values.deletions(keys)
    guard suite.usesPreviousReturn else {
      let (writes, programs) = values.maps(maps)
      return (deletions + writes, programs, values.globals(globals, beforeLoad: false))
    }
    func planner(_ complaints: Complaints) -> InputPlanner {
      var planner = values
      planner.complaints = complaints
      return planner
    }
    let writes = PreviousReturn.encode(
      globals, complaints, { planner($1).globals($0, beforeLoad: false) },
      bytes: { $0.enumerated().map { (.global($0.offset), $0.element.bytes.array) } })
    func held(_ writes: [MapWrite]) -> [(holder: ReturnPlace.Holder, bytes: [UInt8])] {
      writes.enumerated().flatMap { index, write in
        write.entries.enumerated().compactMap { entry in
          guard case .bytes(let bytes) = entry.element.value else { return nil }
          return (.mapValue(write: deletions.count + index, entry: entry.offset), bytes.array)
        }
      }
    }
    let entries = PreviousReturn.encode(maps, complaints, { planner($1).maps($0) }, bytes: { held($0.writes) })
    carryOver.returns += writes.places + entries.places
    return (deletions + entries.result.writes, entries.result.programs, writes.result)
  }

  /// Sees to it that the run before a step hands back what the step takes over, and complains where it can't.
  func checkCarryOver(
    _ step: StepCase, _ run: inout Step, type: BPFProgramType?, _ steps: inout [Step], _ planned: [PlannedStep]
  ) {
    let expectsReturn = suite.usesPreviousReturn ? step.expectsPreviousReturn : nil
    guard run.carryOver != nil || expectsReturn != nil else { return }
    let position = step.carriedPacket?.position ?? step.context?.position ?? expectsReturn ?? step.position
    guard let index = steps.lastIndex(where: { $0.program != nil }), planned.indices.contains(index) else {
      complaints.add(position, "no step before this one runs a program that it could take anything over from")
      return
    }
    let before = planned[index].type
    let rules = TestRunRules.of(before)
    let isLive = TestRunFlags(rawValue: steps[index].flags).contains(.xdpLiveFrames)
    if planned[index].run?.isNeverAccepted == true {
      complaints.add(position, "the run before is refused, so there is nothing to take over from it")
    }
    if let packet = step.carriedPacket, rules?.givesPacket != true || isLive {
      complaints.add(
        packet.position,
        isLive
          ? "the run before is one of live frames, which don't come back"
          : "no packet comes out of the run before, of a \(before) program")
    }
    guard run.carryOver?.contextMask != nil, let type else { return }
    let layout = ContextLayout.of(type)
    guard rules?.givesContext == true, layout?.name == ContextLayout.of(before)?.name, type == before || layout != nil
    else {
      complaints.add(
        position, "the context of the run before is a \(before) program's, which a \(type) program doesn't take")
      return
    }
    guard let layout, steps[index].contextSizeOut == 0 else { return }
    steps[index].contextSizeOut = layout.size
    // It hands back none where it was given none (`bpf_prog_test_run_xdp` wants to be told the packet's length).
    if before == .xdp, steps[index].context == nil {
      steps[index].context = Bytes(XDPContext(length: UInt32(clamping: steps[index].data?.count ?? 0)).bytes)
    }
  }
}

extension StepCase {
  /// Where it expects something to be what the program of the step before returned.
  fileprivate var expectsPreviousReturn: Position? {
    var nodes = [globalsOut, mapsOut, contextOut, call?.returns].compactMap { $0 }
    nodes += returns?.value.all ?? []
    return nodes.lazy.compactMap { $0.positions(of: PreviousReturn.word).first }.first
  }
}
