import CBPFShims

/// The system calls that a trigger may ask for by name.
public enum SystemCalls {
  public static let names: [String] = {
    var names: [String] = []
    while let name = bpftest_call_name(Int32(names.count)) { names.append(String(cString: name)) }
    return names
  }()
}
