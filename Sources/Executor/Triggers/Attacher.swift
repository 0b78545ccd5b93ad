import BPF
import TestPlan

/// Makes the attachments that a plan names.
struct Attacher {
  let object: BPFObject

  func attach(_ attachment: Attachment) throws(BPFError) -> BPFLink {
    switch attachment.subject {
    case .program(let name):
      let program = try object.program(name)
      guard let target = attachment.target else { return try program.attach() }
      throw BPFError(.badArgument, operation: "attaching program `\(name)` to \(target)")
    case .map(let name):
      throw BPFError(.badArgument, operation: "attaching map `\(name)`")
    }
  }
}
