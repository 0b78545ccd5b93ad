import BPF
import Compiling
import Testing

@testable import Fixtures

/// A program of its own, compiled and planned.
private func complaints(_ source: String, _ lines: String...) async throws -> [FixtureError] {
  let folder = try TemporaryFolder()
  try folder.write(
    "#include <linux/bpf.h>\n#include <linux/in6.h>\n#include <bpf/bpf_helpers.h>\n" + source
      + "\nSEC(\"xdp\") int pass(struct xdp_md *c) { return XDP_PASS; }\nchar LICENSE[] SEC(\"license\") = \"GPL\";\n",
    to: "p.bpf.c")
  let text = "object: p.bpf.c\ntests:\n  - name: t\n    packet: Ether()\n" + lines.map { "    \($0)\n" }.joined()
  do throws(FixtureErrors) {
    let suite = try Suite(text: text, path: folder.path + "/p.bpftest.yaml")
    let object = try await compile(suite, folder)
    _ = try Planner.plan(suite, object: object)
    return []
  } catch {
    return error.errors
  }
}

private func compile(_ suite: Suite, _ folder: TemporaryFolder) async throws(FixtureErrors) -> CompiledObject {
  do {
    return try await ProgramCompiler(cache: folder.path + "/cache").compile(suite)
  } catch {
    throw error as? FixtureErrors ?? FixtureErrors([FixtureError(path: suite.path, message: "\(error)")])
  }
}

@Suite struct AddressTextTests {
  private let maps = """
    struct k { __u32 len; __u8 ip[16]; }; struct k6 { struct in6_addr a; }; struct k8 { __u8 eight[8]; };
    struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4); __type(key, struct k); __type(value, __u32); } bytes16 SEC(".maps");
    struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4); __type(key, struct k6); __type(value, __u32); } in6 SEC(".maps");
    struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4); __type(key, struct k8); __type(value, __u32); } eight SEC(".maps");
    struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4); __uint(key_size, 16); __uint(value_size, 4); } untyped SEC(".maps");
    __u8 address[16]; __u8 mac[6];
    """

  @Test func textThatDoesNotFitIsAnErrorWhereverAValueIsRead() async throws {
    let fixtures = [
      "maps: { bytes16: [ { key: { len: 1, ip: 192.0.2.77 }, value: 1 } ] }",
      "maps: { in6: [ { key: { a: 192.0.2.77 }, value: 1 } ] }", "maps: { untyped: { 192.0.2.77: 1 } }",
      "globals: { address: 192.0.2.77 }",
    ]
    for fixture in fixtures {
      let found = try await complaints(maps, fixture, "expect: { return: XDP_PASS }")
      #expect(found.count == 1 && found[0].message.contains("is an IPv4 address of 4 bytes"), "\(fixture): \(found)")
      #expect(found.first?.hint?.contains("::ffff:192.0.2.77") == true)
    }
    let expectations = [
      "expect: { globals: { address: 192.0.2.77 } }", "expect: { globals: { address: { ne: 192.0.2.77 } } }",
      "expect: { globals: { mac: { in: [ 192.0.2.77 ] } } }",
      "expect: { maps: { bytes16: { absent: [ { len: 1, ip: 192.0.2.77 } ] } } }",
      "expect: { maps: { untyped: { 192.0.2.77: 1 } } }",
    ]
    for expectation in expectations {
      let found = try await complaints(maps, expectation)
      #expect(
        found.count == 1 && found[0].message.contains("is an IPv4 address of 4 bytes"), "\(expectation): \(found)")
    }
    let text = try await complaints(
      maps, "maps: { eight: [ { key: { eight: hello }, value: 1 } ] }", "expect: { return: XDP_PASS }")
    #expect(
      text.first?.message.contains("unsigned char[8], of 8 bytes") == true
        || text.first?.message.contains("__u8[8], of 8 bytes") == true, "\(text)")
  }
}

@Suite struct NullTests {
  private let maps = """
    struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4); __type(key, __u32); __type(value, __u32); } m SEC(".maps");
    struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __type(key, __u32); __type(value, __u32); } a SEC(".maps");
    __u32 number; struct pair { __u32 x, y; } pair; __u32 list[3];
    """

  @Test func nothingIsNeverWrittenAsZeros() async throws {
    let cases = [
      ("maps: { m: { 1: null } }", "`delete: { m: [1] }` takes it out"),
      ("maps: { m: { 1: } }", "`delete: { m: [1] }`"),
      ("maps: { a: { 1: null } }", "all elements of an array are there always"),
      ("globals: { number: null }", nil), ("globals: { pair: { x: null } }", nil),
      ("globals: { list: [1, null] }", nil),
      ("context: { ingress_ifindex: null }", nil), ("maps: { m: { null: 1 } }", nil),
    ]
    for (fixture, hint) in cases {
      let found = try await complaints(maps, fixture, "expect: { return: XDP_PASS }")
      #expect(found.count == 1 && found[0].message.contains("there is no value"), "\(fixture): \(found)")
      if let hint { #expect(found.first?.hint?.contains(hint) == true, "\(fixture): \(found)") }
    }
  }

  @Test func nothingIsNeverExpected() async throws {
    let cases = [
      ("{ maps: { m: { 1: null } } }", "`absent: [1]`"), ("{ globals: { number: null } }", "`any`"),
      ("{ globals: { pair: { x: ~ } } }", "`any`"), ("{ globals: { list: [1, null] } }", "`any`"),
      ("{ globals: { number: { ne: null } } }", nil), ("{ context: { rx_queue_index: null } }", "`any`"),
    ]
    for (expectation, hint) in cases {
      let found = try await complaints(maps, "expect: \(expectation)")
      #expect(found.count == 1 && found[0].message.contains("there is no value"), "\(expectation): \(found)")
      if let hint { #expect(found.first?.hint?.contains(hint) == true, "\(expectation): \(found)") }
    }
  }
}

@Suite struct RecordTypeTests {
  private let maps = """
    struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } files SEC(".maps");
    """

  @Test func aTypeOfTheKernelIsNoRecordOfAMapCalledAlike() async throws {
    let kernel = """
      struct inode { unsigned long number; };
      struct file { struct inode *inode; int flags; };
      __noinline int look(struct file *f) { return f->flags; }
      """
    let found = try await complaints(
      maps + kernel + "struct seen { __u32 x; }; const struct seen *a; struct told { __u32 y; }; const struct told *b;",
      "expect: { events: { files: [ { flags: 1 } ] } }")
    #expect(
      found.count == 1 && found[0].hint == "say which: `type: struct seen`, `type: struct told`, or `type: bytes`",
      "\(found)")
    let alone = try await complaints(maps + kernel, "expect: { events: { files: [ { flags: 1 } ] } }")
    #expect(alone.count == 1 && alone[0].message.contains("not to be guessed"), "\(alone)")
  }

  @Test func theOnlyStructThatAPointerAnnouncesIsTaken() async throws {
    let one = "struct seen { __u32 x; }; const struct seen *unused_seen __attribute__((unused));"
    #expect(try await complaints(maps + one, "expect: { events: { files: [ { x: 1 } ] } }").isEmpty)
    let wrong = try await complaints(
      maps + one, "expect: { events: { files: { exactly: [ { x: 1 } ], type: struct sen } } }")
    #expect(wrong.first?.hint == "did you mean `struct seen`?")
  }
}

@Suite struct BulkEntryTests {
  private let maps = """
    struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4); __type(key, __u32); __type(value, __u32); } m SEC(".maps");
    struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __type(key, __u32); __type(value, __u32); } a SEC(".maps");
    struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4); __type(key, char[16]); __type(value, __u32); } names SEC(".maps");
    struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } rb SEC(".maps");
    """

  @Test func whatCanNotBeMeantIsAnError() async throws {
    let cases = [
      ("maps: { m: { 5-3: 1 } }", "the range 5-3 is empty"), ("maps: { m: { 0-99999999: 1 } }", "a range is of up to"),
      ("maps: { a: [1, 2, 3, 4, 5] }", "5 elements, and `a` has 4"),
      ("maps: { a: { file: nowhere.bin } }", "can't read the file"),
      ("maps: { m: { file: p.bpf.c } }", "takes keys of 4 bytes, each with its value of 4 behind it"),
      ("delete: { a: [1] }", "nothing can be deleted from `a`"), ("delete: { rb: [1] }", "nothing can be deleted from"),
      ("delete: { m: }", "no key of `m` is named"), ("delete: { m: [] }", "no key of `m` is named"),
      ("delete: [m]", "`delete` must be a mapping"), ("delete: { n: [1] }", "the object has no map `n`"),
      ("delete: { m: [x] }", "is not a number"),
    ]
    for (fixture, words) in cases {
      let found = try await complaints(maps, fixture, "expect: { return: XDP_PASS }")
      #expect(found.count == 1 && found[0].message.contains(words), "\(fixture): \(found)")
    }
    #expect(
      try await complaints(maps, "expect: { error: E2BIG }").first?.message.contains("nothing is written") == true)
    let errno = try await complaints(maps, "maps: { m: { 1: 1 } }", "expect: { error: E2BG }")
    #expect(errno.first?.message == "`E2BG` is not an errno", "\(errno)")
  }

  @Test func aKeyThatIsCalledFileIsAKey() async throws {
    #expect(try await complaints(maps, "maps: { names: { file: 7 } }", "expect: { return: XDP_PASS }").isEmpty)
  }

  @Test func aStepThatExpectsSomethingButARefusalNeedsARun() async throws {
    let folder = ["    steps:", "      - { maps: { m: { 1: 1 } }, expect: { maps: { m: { 2: 1 } } } }"]
    let text =
      "object: sample.bpf.o\ntests:\n  - name: t\n    program: pass\n"
      + folder.joined(separator: "\n")
      .replacing("m: {", with: "plain: {")
    let error = await #expect(throws: FixtureErrors.self) { try await Sample.plan(text: text) }
    #expect(
      error?.description.contains("there is no `packet` to run `pass` with") == true, "\(String(describing: error))")
  }
}
