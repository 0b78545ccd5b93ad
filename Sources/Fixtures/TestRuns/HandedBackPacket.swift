import BPF
import TestPlan

extension Step {
  /// The packet that goes in, without the metadata that the context says to be in front of it.
  func packet(_ type: BPFProgramType) -> [UInt8] {
    guard let data = data?.array else { return [] }
    let metadata = type.metadataLength(context: context?.array, data: data.count)
    return metadata > 0 ? Array(data.dropFirst(metadata)) : data
  }
}

extension StepObservation {
  /// Bytes of metadata in front of the packet that came back.
  private func metadataLength(_ type: BPFProgramType) -> Int {
    type.metadataLength(context: context?.array, data: data?.count ?? 0)
  }

  /// What an XDP program left in front of its packet; `nil` where the kernel doesn't tell.
  func metadata(_ type: BPFProgramType) -> [UInt8]? {
    guard type == .xdp, context != nil, let data else { return nil }
    return Array(data.array.prefix(metadataLength(type)))
  }

  /// The packet that came back, without metadata. Where a program sees it from its network header on, the kernel puts zeros in
  /// the place of the Ethernet header (`bpf_prog_test_run_skb`): the one that went in stands there again.
  func packet(of step: Step, type: BPFProgramType) -> [UInt8] {
    guard var bytes = data?.array else { return [] }
    let metadata = metadataLength(type)
    if metadata > 0 { bytes.removeFirst(metadata) }
    return step.data.map { type.withHeader(of: $0.array, bytes) } ?? bytes
  }

  /// Bytes that the packet really has, those that there was no room for included.
  func packetLength(_ type: BPFProgramType) -> Int {
    max(0, (truncatedFrom.map(Int.init) ?? data?.count ?? 0) - metadataLength(type))
  }

  /// In words, that a packet was cut; `nil` for one that came back whole.
  func cut(_ type: BPFProgramType) -> String? {
    guard truncatedFrom != nil else { return nil }
    let count = (data?.count ?? 0) - metadataLength(type)
    return "only the first \(count) of its \(packetLength(type)) bytes came back"
  }
}
