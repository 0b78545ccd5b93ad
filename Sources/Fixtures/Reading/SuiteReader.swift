import BPF
import Results

/// Reads a fixture's mapping into a `Suite`, complaining of whatever is wrong.
struct SuiteReader {
  static let keys = ["object", "cflags", "mcpu", "suite", "defaults", "tests"]
  static let testKeys =
    [
      "name", "requires", "kconfig", "map_sizes", "inner", "cpus", "programs", "type", "environment", "attach", "files",
      "steps",
    ]
    + StepReader.inputKeys
    + StepReader.trafficKeys + ["expect"]
  /// Of the contract, and honoured by later versions.
  static let laterTestKeys = ["events"]
  static let requirementKeys = ["kernel", "helper", "kfunc", "program_type", "map_type", "btf", "attach", "test_run"]
  /// Keys whose mappings a test and the defaults contribute to together.
  static let mergedKeys: Set<String> = [
    "requires", "environment", "globals", "maps", "delete", "map_sizes", "inner", "kconfig", "context",
    "expect",
  ]

  let complaints: Complaints
  let folder: String
  var isRecording = false

  func suite(_ root: YAMLNode, path: String) -> Suite? {
    guard let fields = Fields(root, of: "a fixture", known: Self.keys, complaints) else { return nil }
    let object = fields.text("object")
    if object == nil, fields["object"] == nil {
      complaints.add(root.position, "`object:` is missing", hint: "name the .bpf.c or .bpf.o that is tested")
    }
    let cflags = fields.texts("cflags")
    let mcpu = fields.text("mcpu")
    if let mcpu, !["v1", "v2", "v3", "v4", "generic"].contains(mcpu.value) {
      complaints.add(mcpu.position, "no instruction set `\(mcpu.value)`", hint: "known are v1, v2, v3, v4")
    }
    if let object, !object.value.hasSuffix(".c"), let flag = cflags.first ?? mcpu {
      complaints.add(flag.position, "`\(object.value)` is not compiled here, so it takes no compiler options")
    }
    let reader = StepReader(complaints: complaints, folder: folder, isRecording: isRecording)
    var tests: [TestCase] = []
    var names: [String: Int] = [:]
    var broken: [BrokenTest] = []
    for (number, node) in (fields.list("tests") ?? []).enumerated() {
      let test = complaints.within(test: number) { self.test(node, defaults: fields["defaults"], reader) }
      let errors = complaints.errors(ofTest: number)
      let name = node.entries?.first { $0.key.isWord("name") }?.value.text
      if let name, let line = names[name] {
        complaints.add(node.position, "a second test named \"\(name)\"", hint: "the first is in line \(line)")
      }
      if let name { names[name] = node.position.line }
      if !errors.isEmpty {
        let label = name ?? "(in line \(node.position.line))"
        broken.append(BrokenTest(name: label, line: node.position.line, errors: errors))
      } else if let test {
        tests.append(test)
      }
    }
    let programs = programSuite(fields, reader)
    if programs == nil, fields["tests"] == nil || fields["tests"]?.items?.isEmpty == true {
      complaints.add(fields.position(of: "tests"), "there are no tests", hint: "list them under `tests:`")
    }
    guard let object else { return nil }
    var suite = Suite(
      path: path, objectPath: object.value.hasPrefix("/") || folder == "." ? object.value : "\(folder)/\(object.value)",
      objectPosition: object.position, cflags: cflags.map(\.value), mcpu: mcpu?.value, tests: tests)
    suite.broken = broken
    suite.programSuite = programs
    return suite
  }

  /// `suite: cilium`, with what `defaults` say of all tests.
  private func programSuite(_ fields: Fields, _ reader: StepReader) -> ProgramSuite? {
    guard let name = fields.text("suite") else { return nil }
    guard ProgramSuite.names.contains(name.value) else {
      complaints.add(
        name.position, "no kind of suite is called `\(name.value)`",
        hint: suggestion(for: name.value, among: ProgramSuite.names) ?? "known is `cilium`")
      return nil
    }
    func word(_ text: String) -> YAMLNode { YAMLNode(content: .scalar(text, plain: true), position: name.position) }
    let expect = YAMLNode(
      content: .mapping([.init(key: word("load"), value: word("accepted"))]), position: name.position)
    let node = YAMLNode(
      content: .mapping([.init(key: word("name"), value: word("tests")), .init(key: word("expect"), value: expect)]),
      position: name.position)
    guard var template = test(node, defaults: fields["defaults"], reader) else { return nil }
    template.steps = []
    return ProgramSuite(position: name.position, template: template)
  }

  // MARK: Tests

  private func test(_ node: YAMLNode, defaults: YAMLNode?, _ reader: StepReader) -> TestCase? {
    guard let merged = merge(node, defaults),
      let fields = Fields(merged, of: "a test", known: Self.testKeys, later: Self.laterTestKeys, complaints)
    else { return nil }
    let before = complaints.errors.count
    let name = fields.text("name")
    if name == nil { complaints.add(node.position, "a test needs a `name:`") }
    let expect = fields["expect"].flatMap { reader.expectation($0) }
    let environment = reader.environment(fields["environment"])
    let load = reader.loadExpectation(expect, at: node.position)
    var steps: [StepCase] = []
    var traffic: Traffic?
    if StepReader.trafficKeys.contains(where: { fields[$0] != nil }) {
      traffic = reader.traffic(fields)
      if var packets = traffic {
        steps = [reader.step(fields, expect, over: &packets)]
        traffic = packets
      }
    } else if let list = fields.list("steps") {
      if list.isEmpty { complaints.add(fields.position(of: "steps"), "there are no steps") }
      steps = list.compactMap { reader.step($0, inheriting: fields) }
      if fields["wait"] != nil {
        complaints.add(
          fields.position(of: "wait"), "a test with steps waits for nothing of its own", hint: "write `wait` in a step")
      }
      if let key = StepReader.runKeys.first(where: { expect?[$0] != nil }) {
        complaints.add(
          expect?.position(of: key) ?? node.position, "a test with steps expects nothing of its own but `load`",
          hint: "write `\(key)` under the `expect:` of a step")
      }
    } else if let step = reader.singleStep(fields, expect) {
      steps = [step]
    }
    reader.checkGoldens(steps, traffic)
    // What couldn't be read may have been all that is expected: that is told already.
    let isRead = complaints.errors.count == before
    checkExpectations(name?.value ?? "", node.position, load, steps, isRead: isRead)
    let type = programType(fields)
    // Writes that must be refused are the only step's own.
    let isWritten = fields["steps"] != nil || steps.first?.errorOut == nil
    return TestCase(
      name: name?.value ?? "", position: node.position, program: fields.text("program"),
      programs: fields.texts("programs"), type: type?.type, attachType: type?.attachType,
      requires: needs(fields["requires"]),
      globals: fields["globals"], maps: isWritten ? fields["maps"] : nil,
      deletions: isWritten ? fields["delete"] : nil, mapSizes: MapSize.read(fields["map_sizes"], complaints),
      inner: InnerMapCase.read(fields["inner"], complaints), cpus: processors(fields),
      kconfig: fields["kconfig"],
      steps: steps, hasSteps: fields["steps"] != nil, traffic: traffic, load: load,
      attachments: AttachmentReader(complaints: complaints).read(fields["attach"]),
      files: FileReader(complaints: complaints, folder: folder).read(fields["files"]), environment: environment)
  }

  /// More processors than that no kernel here is told of.
  static let mostCPUs = 64

  private func processors(_ fields: Fields) -> UInt32? {
    guard let count = fields.count("cpus") else { return nil }
    if count > Self.mostCPUs {
      fields.complain(fields.position(of: "cpus"), "`cpus` is a number of processors, at most \(Self.mostCPUs)")
    }
    return min(count, UInt32(Self.mostCPUs))
  }

  /// The test's own keys and, where it has none, those of the defaults. Mappings of both are joined key by key.
  private func merge(_ node: YAMLNode, _ defaults: YAMLNode?) -> YAMLNode? {
    guard let own = node.entries else {
      complaints.add(node.position, "a test must be a mapping, and here is \(node.kind)")
      return nil
    }
    guard let defaults else { return node }
    guard let base = defaults.entries else {
      complaints.add(defaults.position, "`defaults` must be a mapping, and here is \(defaults.kind)")
      return nil
    }
    var result = own
    for entry in base {
      let key = entry.key.label
      guard let index = result.firstIndex(where: { $0.key.label == key }) else {
        result.append(entry)
        continue
      }
      guard Self.mergedKeys.contains(key), let mine = result[index].value.entries, let theirs = entry.value.entries
      else { continue }
      let known = Set(mine.map(\.key.label))
      result[index].value.content = .mapping(mine + theirs.filter { !known.contains($0.key.label) })
    }
    return YAMLNode(content: .mapping(result), position: node.position)
  }

  private func checkExpectations(
    _ name: String, _ position: Position, _ load: LoadExpectation, _ steps: [StepCase], isRead: Bool
  ) {
    let runs = steps.contains(where: \.expectsSomething)
    if !runs, !load.isGiven, isRead {
      complaints.add(
        position, "the test \"\(name)\" expects nothing",
        hint: "write what it must `return`, or `load: accepted` when loading is the whole test")
    }
    if load.outcome.all.allSatisfy({ $0 == .rejected }), let step = steps.first {
      complaints.add(
        step.position, "a program that is rejected on every kernel can't be run",
        hint: "leave out `packet` and what is expected of a run")
    }
  }

  /// A type by its name, or by that of a section, which says the attach type too.
  private func programType(_ fields: Fields) -> (type: BPFProgramType, attachType: UInt32?)? {
    guard let name = fields.text("type") else { return nil }
    if BPFProgramType(named: name.value) == nil, name.value != "tc", let section = ProgramSection(named: name.value) {
      return (section.type, section.attachType)
    }
    return programType(name).map { ($0, nil) }
  }

  private func programType(_ name: Located<String>) -> BPFProgramType? {
    if let type = BPFProgramType(named: name.value == "tc" ? "sched_cls" : name.value) { return type }
    complaints.add(
      name.position, "no program type `\(name.value)`", hint: suggestion(for: name.value, among: BPFProgramType.names))
    return nil
  }

  private func needs(_ node: YAMLNode?) -> Needs {
    var needs = Needs()
    guard let node, let fields = Fields(node, of: "`requires`", known: Self.requirementKeys, complaints) else {
      return needs
    }
    if let kernel = fields.text("kernel") {
      needs.kernel = KernelRange(kernel.value)
      if needs.kernel == nil {
        complaints.add(
          kernel.position, "`\(kernel.value)` is not a range of kernels",
          hint: "write \">=5.15\", \"<6.1\" or \">=5.10 <6.1\"")
      }
    }
    needs.helpers = fields.texts("helper")
    for helper in needs.helpers where HelperNames.id(of: helper.value) == nil {
      complaints.add(
        helper.position, "no helper `\(helper.value)`", hint: suggestion(for: helper.value, among: HelperNames.all))
    }
    needs.kfuncs = fields.texts("kfunc")
    needs.programTypes = fields.texts("program_type").filter { programType($0) != nil }
    needs.mapTypes = fields.texts("map_type")
    for type in needs.mapTypes where BPFMapType(named: type.value) == nil {
      complaints.add(
        type.position, "no map type `\(type.value)`", hint: suggestion(for: type.value, among: BPFMapType.names))
    }
    needs.types = fields.texts("btf")
    needs.attaches = fields.texts("attach")
    for kind in needs.attaches where AttachKind(rawValue: kind.value) == nil {
      complaints.add(
        kind.position, "no way of attaching is called `\(kind.value)`",
        hint: suggestion(for: kind.value, among: AttachKind.allCases.map(\.rawValue)))
    }
    needs.testRuns = fields.texts("test_run")
    for name in needs.testRuns where TestRunAbility(named: name.value) == nil {
      complaints.add(
        name.position, "no kind of test run is called `\(name.value)`",
        hint: suggestion(for: name.value, among: TestRunAbility.names))
    }
    return needs
  }
}
