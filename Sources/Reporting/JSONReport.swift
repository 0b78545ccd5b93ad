import FoundationEssentials
import Results

/// The report for programs: schema `bpftest.results/v1`, keys in alphabetical order, a newline at the end.
public struct JSONReport: Sendable {
  public init() {}

  /// The whole report. Throws `EncodingError` for what JSON has no word for, such as an infinite duration.
  public func render(_ results: Results) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(results), as: UTF8.self) + "\n"
  }

  /// Reads a report back. Throws `DecodingError`, also for a schema that this version doesn't know.
  public func read(_ bytes: [UInt8]) throws -> Results {
    let results = try JSONDecoder().decode(Results.self, from: Data(bytes))
    guard results.schema == Results.schema else {
      let reason = "schema is `\(results.schema)`, and this version reads `\(Results.schema)`"
      throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: reason))
    }
    return results
  }
}
