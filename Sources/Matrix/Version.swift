/// bpftest's own version (semver.org).
public enum BPFTestVersion {
  public static let current = "0.1.0"
}
