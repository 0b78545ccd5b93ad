/// What host and guest agent say to each other over the virtio-serial port. Each message is one `Frame`.
public enum HostMessage: Hashable, Sendable {
  /// Keeps an object in the agent's memory for plans that name it, and the part of the guest kernel's BTF that its CO-RE
  /// relocations need; `nil` for all of it.
  case object(id: ObjectID, bytes: Bytes, relocationBTF: Bytes?)
  /// Runs a plan; answered by `GuestMessage.observed` of the same number. Plans are run in the order they come.
  case run(number: Int, plan: TestPlan)
  /// Asks for a sign of life; answered by `GuestMessage.ready`.
  case hello
}

/// The agent's side of the conversation.
public enum GuestMessage: Hashable, Sendable {
  /// The agent is up (sent once by itself, before the snapshot) or was asked.
  case ready(GuestFacts)
  /// What came of the plan of that number.
  case observed(number: Int, observations: Observations)
  /// The agent could not understand the host: a fault of the machinery.
  case failed(reason: String)
}

/// What the agent knows of the kernel it stands on.
public struct GuestFacts: Hashable, Sendable {
  /// `uname -r`.
  public var release: String
  /// `uname -m`.
  public var machine: String
  /// The version of libbpf linked into the agent: `1.1.2`.
  public var libbpf: String
  /// Possible CPUs: how many values a per-CPU map has under each key.
  public var possibleCPUs: Int
  /// Whether the kernel knows atomics that give back the old value, which came with 5.12.
  public var hasFetchingAtomics: Bool

  public init(
    release: String, machine: String, libbpf: String, possibleCPUs: Int, hasFetchingAtomics: Bool = true
  ) {
    self.release = release
    self.machine = machine
    self.libbpf = libbpf
    self.possibleCPUs = possibleCPUs
    self.hasFetchingAtomics = hasFetchingAtomics
  }
}
