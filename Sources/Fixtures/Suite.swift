import BPF
import Compiling
import Glibc
import Housekeeping

/// One `*.bpftest.yaml`: an object and the tests of its programs.
public struct Suite: Sendable {
  /// The ending of a fixture's file name.
  public static let suffix = ".bpftest.yaml"

  /// The file's name less `.bpftest.yaml`, unless another suite of the same run has it too.
  public var name: String
  /// The file, as it was named or found.
  public let path: String
  /// The object or its source, seen from where `path` is.
  public let objectPath: String
  let objectPosition: Position
  /// Further arguments for the compiler.
  public let cflags: [String]
  /// `-mcpu`: v1 to v4; `nil` for the default, v3.
  public let mcpu: String?
  let tests: [TestCase]
  /// Tests that can't be run, where the suite was read with `keepGoing`.
  var broken: [BrokenTest] = []
  /// Tests that its programs are by themselves.
  var programSuite: ProgramSuite?
  /// Whether `$previous.return` stands anywhere in it: then it is looked for in every value.
  var usesPreviousReturn = true

  /// Reads and checks a fixture. Throws everything that is wrong with it at once.
  ///
  /// - Parameters:
  ///   - recording: goldens are about to be written, so they needn't be there or fit yet.
  ///   - keepGoing: mistakes in single tests don't keep the others from being run.
  public static func load(
    _ path: String, recording: Bool = false, keepGoing: Bool = false
  ) throws(FixtureErrors) -> Suite {
    guard let bytes = readFile(path) else {
      throw FixtureErrors([
        FixtureError(path: path, message: "can't read the fixture: \(Errno.message(errno))")
      ])
    }
    if let answer = FixtureSkeleton.answer(to: path, bytes: bytes) { throw FixtureErrors([answer]) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw FixtureErrors([FixtureError(path: path, message: "the file is not UTF-8 text")])
    }
    return try Suite(text: text, path: path, recording: recording, keepGoing: keepGoing)
  }

  /// Reads a fixture's text; `path` says where it stands, for messages and for the files that it names.
  public init(
    text: String, path: String, recording: Bool = false, keepGoing: Bool = false
  ) throws(FixtureErrors) {
    let complaints = Complaints(path: path)
    guard let root = YAMLParser.parse(text, complaints),
      let suite = SuiteReader(complaints: complaints, folder: Self.folder(of: path), isRecording: recording)
        .suite(root, path: path)
    else {
      try complaints.check()
      throw FixtureErrors([FixtureError(path: path, message: "the fixture can't be read")])
    }
    try keepGoing ? complaints.checkWhole() : complaints.check()
    self = suite
    usesPreviousReturn = text.contains(PreviousReturn.word)
  }

  init(
    path: String, objectPath: String, objectPosition: Position, cflags: [String], mcpu: String?, tests: [TestCase]
  ) {
    self.name = Self.name(of: path)
    self.path = path
    self.objectPath = objectPath
    self.objectPosition = objectPosition
    self.cflags = cflags
    self.mcpu = mcpu
    self.tests = tests
  }

  /// The same suite, compiled for other instructions.
  func with(mcpu: String) -> Suite {
    var suite = Suite(
      path: path, objectPath: objectPath, objectPosition: objectPosition, cflags: cflags, mcpu: mcpu, tests: tests)
    suite.name = name
    suite.programSuite = programSuite
    suite.usesPreviousReturn = usesPreviousReturn
    return suite
  }

  /// What a suite is called by its file, unless another of the same run is called so too.
  public static func name(of path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    return file.hasSuffix(suffix) ? String(file.dropLast(suffix.count)) : file
  }

  /// The names of all tests, those that can't be run included.
  public var testNames: [String] { tests.map(\.name) + broken.map(\.name) }

  /// The same suite with other tests, and without those that its programs are by themselves.
  func with(tests: [TestCase]) -> Suite {
    var suite = Suite(
      path: path, objectPath: objectPath, objectPosition: objectPosition, cflags: cflags, mcpu: mcpu, tests: tests)
    suite.name = name
    suite.usesPreviousReturn = usesPreviousReturn
    return suite
  }

  /// The folder of a file, `.` for one without.
  static func folder(of path: String) -> String { PathNames.folder(of: path) }

  /// The fixtures that paths lead to: files as they are, folders searched through all levels, in order of name.
  ///
  /// Throws when a path leads nowhere, to a folder without fixtures, or to one that can't be read.
  public static func find(_ paths: [String]) throws(FixtureErrors) -> [String] {
    var found: [String] = []
    var errors: [FixtureError] = []
    for path in paths {
      var info = stat()
      guard stat(path, &info) == 0 else {
        errors.append(FixtureError(path: path, message: "\(Errno.message(errno))"))
        continue
      }
      guard info.st_mode & S_IFMT == S_IFDIR else {
        found.append(path)
        continue
      }
      let before = errors.count
      let below = search(path, depth: 0, &errors)
      if below.isEmpty, errors.count == before {
        errors.append(FixtureError(path: path, message: "no *\(suffix) in this folder or below"))
      }
      found += below
    }
    guard errors.isEmpty else { throw FixtureErrors(errors) }
    var seen: Set<String> = []
    return found.filter { seen.insert(PathNames.real($0) ?? $0).inserted }
  }

  private static func search(_ folder: String, depth: Int, _ errors: inout [FixtureError]) -> [String] {
    // A test that isn't run must not look like one that passes.
    guard depth < 32, let names = folderNames(folder) else {
      errors.append(
        FixtureError(path: folder, message: depth < 32 ? Errno.message(errno) : "this folder lies too deep"))
      return []
    }
    var files: [String] = []
    var folders: [String] = []
    // Hidden ones, such as `.build` and `.git`, are passed over. A link to a folder could lead round in circles.
    for name in names {
      let path = folder == "." ? name : folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
      var info = stat()
      guard lstat(path, &info) == 0 else { continue }
      if info.st_mode & S_IFMT == S_IFDIR {
        folders.append(path)
      } else if name.hasSuffix(suffix) {
        files.append(path)
      }
    }
    var found = files.sorted()
    for folder in folders.sorted() { found += search(folder, depth: depth + 1, &errors) }
    return found
  }
}
