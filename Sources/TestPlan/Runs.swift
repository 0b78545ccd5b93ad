/// Steps, or what came of them, that travel as runs: of those in a row that differ in their bytes alone, the first is sent
/// whole and the others as what differs.
///
/// Ten thousand frames through one program are ten thousand steps; decoded one by one they would keep an emulated guest
/// busy for seconds.
@propertyWrapper
public struct Runs<Element: Runnable>: Codable, Hashable, Sendable {
  public var wrappedValue: [Element]

  public init(wrappedValue: [Element]) { self.wrappedValue = wrappedValue }

  private struct Run: Codable {
    var common: Element
    var count: Int
    /// The packets; a step without one is a run of its own.
    var data: [Bytes]?
    var contexts: [Bytes]?
    /// Of each element the same numbers.
    var numbers: [[UInt32]]
  }

  public init(from decoder: any Decoder) throws {
    let runs = try [Run](from: decoder)
    wrappedValue = []
    for run in runs {
      guard run.data.map({ $0.count == run.count }) ?? (run.count == 1), run.count >= 1,
        run.contexts.map({ $0.count == run.count }) ?? true,
        run.numbers.count == Element.numbers.count, run.numbers.allSatisfy({ $0.count == run.count })
      else {
        throw DecodingError.dataCorrupted(
          .init(codingPath: decoder.codingPath, debugDescription: "a run of \(run.count) that is not whole"))
      }
      wrappedValue.reserveCapacity(wrappedValue.count + (run.data?.count ?? 1))
      for index in 0..<run.count {
        var element = run.common
        element.data = run.data?[index]
        element.context = run.contexts?[index]
        for (path, column) in zip(Element.numbers, run.numbers) { element[keyPath: path] = column[index] }
        wrappedValue.append(element)
      }
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var runs: [Run] = []
    for element in wrappedValue {
      var common = element
      common.data = nil
      common.context = nil
      for path in Element.numbers { common[keyPath: path] = 0 }
      if let last = runs.indices.last, runs[last].data != nil, element.data != nil,
        (runs[last].contexts == nil) == (element.context == nil), runs[last].common == common
      {
        runs[last].count += 1
        if let data = element.data { runs[last].data?.append(data) }
        if let context = element.context { runs[last].contexts?.append(context) }
        for (column, path) in Element.numbers.enumerated() { runs[last].numbers[column].append(element[keyPath: path]) }
      } else {
        runs.append(
          Run(
            common: common, count: 1, data: element.data.map { [$0] }, contexts: element.context.map { [$0] },
            numbers: Element.numbers.map { [element[keyPath: $0]] }))
      }
    }
    try runs.encode(to: encoder)
  }
}

/// Something of which many in a row may differ in nothing but bytes and a few numbers.
public protocol Runnable: Codable, Hashable, Sendable {
  var data: Bytes? { get set }
  var context: Bytes? { get set }
  /// Numbers that differ from one to the next.
  static var numbers: [WritableKeyPath<Self, UInt32>] { get }
}

extension Step: Runnable {
  public static var numbers: [WritableKeyPath<Step, UInt32>] { [] }
}

extension StepObservation: Runnable {
  public static var numbers: [WritableKeyPath<StepObservation, UInt32>] { [\.returnValue, \.nanoseconds] }
}
