@testable import TestPlan

/// A value of every struct that goes over the wire with little in it.
enum WireBlank {
  static let all: [any Sendable] = [
    Bytes(), TestPlan(object: ObjectID(rawValue: ""), programs: []), ObjectID(rawValue: ""), Step(),
    InnerDefinition(outer: "", type: 0, keySize: 0, valueSize: 0, maxEntries: 0),
    FileWrite(path: "", bytes: Bytes(), mode: 0), GlobalWrite(section: "", offset: 0, bytes: Bytes()),
    GlobalPlace(section: "", offset: 0, size: 0), MapWrite(map: "", entries: []), MapLookup(map: "", entries: []),
    MapEntry(key: Bytes(), value: .bytes(Bytes())), InnerMap(entries: []),
    MapReference(target: .file("")),
    TimingRequest(batches: 0, runsPerBatch: 0), EventRead(map: "", count: 0, limit: 0),
    Wait(place: .global(GlobalPlace(section: "", offset: 0, size: 0)), comparison: .equal, bound: 0, seconds: 0),
    Environment(), NetworkDevice(kind: .dummy, end: DeviceEnd(name: "", index: 0)), DeviceEnd(name: "", index: 0),
    InterfaceAddress(bytes: Bytes(), prefixLength: 0),
    Route(to: InterfaceAddress(bytes: Bytes(), prefixLength: 0)),
    Neighbour(address: Bytes(), mac: Bytes(), device: ""), NetworkSetting(name: "", value: ""),
    Replacement(program: "", target: "", function: ""), CarryOver(), CarriedPacket(),
    PacketChange(offset: 0, bytes: Bytes()), ReturnPlace(holder: .context, offset: 0, byte: 0),
    Attachment(.program("")),
    SocketOperation(socket: "", action: .send(Bytes(), to: nil)), SocketKind(family: 0, type: 0),
    SocketOption(level: 0, option: 0, value: Bytes()), Observations(load: .missing([])),
    Refusal(stage: .open, operation: "", errno: 0),
    ProgramObservation(name: "", type: 0), StepObservation(), MapObservation(map: "", entries: []),
    SectionObservation(section: "", bytes: Bytes()), Timing(batches: [], overhead: [], jited: false, interruptions: 0),
    EventObservation(map: ""), TriggerObservation(), WaitObservation(number: 0, isMet: false),
    KernelObservation(), KernelLine(priority: 0, time: 0, text: ""),
    GuestFacts(release: "", machine: "", libbpf: "", possibleCPUs: 0),
  ]
}
