import BPF
import TestPlan

extension StepObservation {
  /// The packet that came back. Where a program sees it from its network header on, the kernel puts zeros in the place of
  /// the Ethernet header (`bpf_prog_test_run_skb`): the one that went in stands there again.
  func packet(of step: Step, type: BPFProgramType) -> [UInt8] {
    let header = 14
    guard var bytes = data?.array else { return [] }
    guard type.seesNetworkLayer, let sent = step.data, sent.count >= header, bytes.count >= header,
      bytes.prefix(header).allSatisfy({ $0 == 0 })
    else { return bytes }
    bytes.replaceSubrange(0..<header, with: sent.array.prefix(header))
    return bytes
  }
}
