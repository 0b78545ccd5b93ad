import Foundation
import Results

/// Baselines of `bpftest bench`: what an earlier run has written with `--json`.
public enum BenchBaseline {
  /// Reads a baseline. Throws `ConfigurationError` when it is none.
  public static func read(_ path: String) throws(ConfigurationError) -> BenchResults {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw ConfigurationError(file: path, line: nil, reason: "can't read the baseline: \(error.localizedDescription)")
    }
    struct Head: Decodable { var schema: String }
    guard let head = try? JSONDecoder().decode(Head.self, from: data), head.schema == BenchResults.schema,
      let results = try? JSONDecoder().decode(BenchResults.self, from: data)
    else {
      throw ConfigurationError(
        file: path, line: nil,
        reason: "this is no baseline of schema \(BenchResults.schema); `bpftest bench --json FILE` writes one")
    }
    return results
  }
}
