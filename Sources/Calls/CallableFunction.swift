import BPF

/// A function that can be called alone.
package struct CallableFunction: Sendable {
  package let name: String
  /// What it takes, by BTF.
  package let parameters: [(name: String, type: BTFType)]
  let returns: BTFType
  /// Why nothing comes back, where nothing does.
  package let lostResult: CallError?

  /// - Parameter hasResult: whether what it returns, if anything, is there.
  init?(_ name: String, _ type: BTFType?, hasResult: Bool = true) {
    guard let prototype = type?.prototype else { return nil }
    self.name = name
    self.parameters = prototype.parameters.map { ($0.name, $0.type) }
    self.returns = prototype.returns
    if case .void = returns.resolved.kind {
      lostResult = CallError(.function, "`\(name)` returns nothing")
    } else if !hasResult {
      lostResult = CallError(
        .function, "clang has left out what `\(name)` returns, since nothing in the object looks at it",
        hint: CallError.nameTheSource)
    } else {
      lostResult = nil
    }
  }
}
