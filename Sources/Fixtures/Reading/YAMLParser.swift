import CYaml

/// Reads YAML text into a document whose nodes know their places, from libyaml's events: a tree of Yams' nodes would take
/// several times the time and the memory.
struct YAMLParser {
  /// Nodes that one file may come to. Aliases of aliases multiply, and ten lines can describe a billion.
  static let nodeLimit = 4_000_000
  static let depthLimit = 100

  /// The root of the only document; `nil` after a complaint.
  static func parse(_ text: String, _ complaints: Complaints) -> YAMLNode? {
    var text = text
    return text.withUTF8 { bytes in
      let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
      defer { parser.deallocate() }
      guard yaml_parser_initialize(parser) != 0 else {
        complaints.add(.start, "not YAML: there is no memory left to read it")
        return nil
      }
      defer { yaml_parser_delete(parser) }
      yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
      // An empty text has no address.
      let nothing: [UInt8] = [0x0a]
      return nothing.withUnsafeBufferPointer { nothing in
        yaml_parser_set_input_string(parser, bytes.baseAddress ?? nothing.baseAddress, bytes.count)
        return read(parser, bytes, complaints)
      }
    }
  }

  private static func read(
    _ parser: UnsafeMutablePointer<yaml_parser_t>, _ text: UnsafeBufferPointer<UInt8>, _ complaints: Complaints
  ) -> YAMLNode? {
    var builder = YAMLBuilder(size: text.count)
    var documents = 0
    while true {
      var event = yaml_event_t()
      guard yaml_parser_parse(parser, &event) != 0 else {
        report(parser.pointee, text, complaints)
        return nil
      }
      defer { yaml_event_delete(&event) }
      let position = Position(line: Int(event.start_mark.line) + 1, column: Int(event.start_mark.column) + 1)
      do throws(YAMLBuilder.Refusal) {
        switch event.type {
        case YAML_SCALAR_EVENT:
          let scalar = event.data.scalar
          try builder.add(
            scalar: UnsafeBufferPointer(start: scalar.value, count: scalar.length),
            isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE, anchor: scalar.anchor.map(name), at: position)
        case YAML_ALIAS_EVENT: try builder.add(alias: event.data.alias.anchor.map(name) ?? "", at: position)
        case YAML_SEQUENCE_START_EVENT:
          try builder.open(.list, anchor: event.data.sequence_start.anchor.map(name), at: position)
        case YAML_MAPPING_START_EVENT:
          try builder.open(.mapping, anchor: event.data.mapping_start.anchor.map(name), at: position)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: try builder.close()
        case YAML_DOCUMENT_START_EVENT:
          documents += 1
          if documents > 1 {
            throw .init(position: position, message: "not YAML: a second document begins here, and a fixture is one")
          }
        case YAML_STREAM_END_EVENT:
          if let root = builder.document().root { return root }
          complaints.add(.start, "the file is empty", hint: "a fixture has `object:` and `tests:`")
          return nil
        default: break
        }
      } catch {
        complaints.add(error.position, error.message, detail: line(error.position, of: text))
        return nil
      }
    }
  }

  private static func name(_ anchor: UnsafeMutablePointer<yaml_char_t>) -> String { String(cString: anchor) }

  private static func report(
    _ parser: yaml_parser_t, _ text: UnsafeBufferPointer<UInt8>, _ complaints: Complaints
  ) {
    let problem = parser.problem.map { String(cString: $0) } ?? "there is no memory left to read it"
    guard parser.error == YAML_SCANNER_ERROR || parser.error == YAML_PARSER_ERROR else {
      let place = parser.error == YAML_READER_ERROR ? " at byte \(parser.problem_offset)" : ""
      complaints.add(.start, "not YAML: \(problem)\(place)")
      return
    }
    let context = parser.context.map { " " + String(cString: $0) } ?? ""
    let position = Position(line: Int(parser.problem_mark.line) + 1, column: Int(parser.problem_mark.column) + 1)
    complaints.add(
      position, "not YAML: \(problem)\(context)", hint: problem.contains("tab") ? "indent with spaces" : nil,
      detail: line(position, of: text))
  }

  /// The line with a caret below the column; of a long one the part around it. What breaks off at the end of the file is
  /// shown by its last line.
  private static func line(_ position: Position, of text: UnsafeBufferPointer<UInt8>) -> String? {
    let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard var number = lines.indices.last.map({ min(position.line - 1, $0) }), number >= 0 else { return nil }
    func scalars(_ number: Int) -> [Unicode.Scalar] {
      Array(String(decoding: lines[number], as: UTF8.self).unicodeScalars)
    }
    var line = scalars(number)
    var column = position.column - 1
    while number > 0, line.allSatisfy({ $0 == " " || $0 == "\r" }) {
      number -= 1
      line = scalars(number)
      column = .max
    }
    column = max(0, min(column, line.count))
    let start = max(0, column - 60)
    var shown = String.UnicodeScalarView()
    // A tab is as wide as anything; its place is a blank's.
    shown.append(contentsOf: line.dropFirst(start).prefix(100).map { $0.value < 0x20 ? " " : $0 })
    return "  \(String(shown))\n  " + String(repeating: " ", count: column - start) + "^"
  }
}
