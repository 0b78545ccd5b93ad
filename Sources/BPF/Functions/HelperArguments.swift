/// How many arguments the kernel's helpers take.
enum HelperArguments {
  /// A digit for each helper, in the order of `enum bpf_func_id` (libbpf's bpf_helper_defs.h); there are no new ones
  /// since 6.2. `bpf_trace_printk` takes two and as many more as its format says.
  private static let counts = [UInt8](
    ("0242302005" + "5533002131" + "4422154353" + "3323103232" + "2103231125" + "4344243522" + "4224325454"
      + "4444434141" + "0242551322" + "4431111115" + "5433344421" + "5533332104" + "4511305312" + "4322221111"
      + "1444342335" + "4142124202" + "0315453413" + "2311113414" + "5433210114" + "4533231442" + "2553332204" + "42")
      .utf8)

  /// 0 for a helper that isn't known.
  static func count(_ helper: Int) -> Int {
    counts.indices.contains(helper) ? Int(counts[helper]) - 0x30 : 0
  }
}
