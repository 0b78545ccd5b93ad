import Yams

/// Reads YAML text into nodes that know their places.
struct YAMLParser {
  /// Nodes that one file may come to. Aliases of aliases multiply, and ten lines can describe a billion.
  static let nodeLimit = 4_000_000
  static let depthLimit = 100

  private let complaints: Complaints
  private var count = 0

  /// The root of the only document; `nil` after a complaint.
  static func parse(_ text: String, _ complaints: Complaints) -> YAMLNode? {
    var parser = YAMLParser(complaints: complaints)
    do {
      guard let root = try compose(yaml: text) else {
        complaints.add(.start, "the file is empty", hint: "a fixture has `object:` and `tests:`")
        return nil
      }
      return parser.convert(root, depth: 0)
    } catch let error as YamlError {
      parser.report(error)
    } catch {
      complaints.add(.start, "not YAML: \(error)")
    }
    return nil
  }

  private init(complaints: Complaints) { self.complaints = complaints }

  private mutating func convert(_ node: Node, depth: Int) -> YAMLNode? {
    let position = Position(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    count += 1
    guard count <= Self.nodeLimit, depth <= Self.depthLimit else {
      if complaints.errors.isEmpty {
        complaints.add(
          position, depth > Self.depthLimit ? "nested too deeply" : "the aliases add up to more than a file may hold")
      }
      return nil
    }
    switch node {
    case .scalar(let scalar):
      return YAMLNode(content: .scalar(scalar.string, plain: scalar.style == .plain), position: position)
    case .sequence(let sequence):
      var items: [YAMLNode] = []
      items.reserveCapacity(sequence.count)
      for item in sequence {
        guard let item = convert(item, depth: depth + 1) else { return nil }
        items.append(item)
      }
      return YAMLNode(content: .list(items), position: position)
    case .mapping(let mapping):
      var entries: [YAMLNode.Entry] = []
      entries.reserveCapacity(mapping.count)
      for (key, value) in mapping {
        guard let key = convert(key, depth: depth + 1), let value = convert(value, depth: depth + 1) else { return nil }
        entries.append(.init(key: key, value: value))
      }
      return YAMLNode(content: .mapping(merging(entries)), position: position)
    case .alias:
      complaints.add(position, "an alias that refers to nothing")
      return nil
    }
  }

  /// Puts in what `<<: *base` stands for; keys of the mapping itself win.
  private func merging(_ entries: [YAMLNode.Entry]) -> [YAMLNode.Entry] {
    guard entries.contains(where: { $0.key.isWord("<<") }) else { return entries }
    var result = entries.filter { !$0.key.isWord("<<") }
    var known = Set(result.map(\.key.label))
    for merge in entries where merge.key.isWord("<<") {
      for base in merge.value.items ?? [merge.value] {
        for entry in base.entries ?? [] where known.insert(entry.key.label).inserted { result.append(entry) }
      }
    }
    return result
  }

  private func report(_ error: YamlError) {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      var message = "not YAML: \(problem)"
      if let context { message += " \(context.text)" }
      complaints.add(
        Position(line: mark.line, column: mark.column), message,
        hint: problem.contains("tab") ? "indent with spaces" : nil)
    case .duplicatedKeysInMapping(let names, let context):
      complaints.add(
        Position(line: context.mark.line, column: context.mark.column),
        "\(names.map { "`\($0)`" }.joined(separator: ", ")) stands twice in one mapping")
    case .reader(let problem, let offset, _, _):
      complaints.add(.start, "not YAML: \(problem)\(offset.map { " at byte \($0)" } ?? "")")
    default:
      complaints.add(.start, "not YAML: \(error)")
    }
  }
}
