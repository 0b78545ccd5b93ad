import Testing

/// What a user may get wrong, and what they must be told.
struct BadInput: Sendable, CustomTestStringConvertible {
  var name: String
  var fixture: String
  /// What stderr must say: where, what, and what was probably meant.
  var says: [String]

  var testDescription: String { name }

  init(_ name: String, says: [String], _ fixture: String) {
    self.name = name
    self.fixture = fixture
    self.says = says
  }

  /// A program with a hash map, a struct, and a global; no headers, so that any clang with a BPF back end will do.
  static let program = """
    struct xdp_md;
    struct hits { unsigned long long packets; unsigned short port; };
    struct {
      int (*type)[1];
      unsigned short *key;
      struct hits *value;
      int (*max_entries)[16];
    } counters __attribute__((section(".maps"), used));
    volatile const int enforce = 1;
    int seen;
    __attribute__((section("xdp"), used)) int pass(struct xdp_md *ctx) { seen++; return enforce ? 2 : 1; }
    __attribute__((section("kprobe/do_exit"), used)) int on_exit(void *ctx) { return 0; }
    char LICENSE[] __attribute__((section("license"), used)) = "GPL";

    """

  static func fixture(_ test: String) -> String { "object: p.bpf.c\ntests:\n  - name: t\n" + test }

  static let catalogue: [BadInput] = [
    BadInput("an open bracket", says: ["f.bpftest.yaml:3:"], "object: p.bpf.c\ntests: [\n"),
    BadInput("a tab for indentation", says: ["f.bpftest.yaml:2:"], "object: p.bpf.c\n\ttests: []\n"),
    BadInput("an empty file", says: ["f.bpftest.yaml:1:", "empty"], ""),
    BadInput("a list", says: ["f.bpftest.yaml:1:", "a mapping"], "- 1\n- 2\n"),
    BadInput("no tests", says: ["f.bpftest.yaml", "tests"], "object: p.bpf.c\n"),
    BadInput("no object", says: ["f.bpftest.yaml", "object"], "tests:\n  - name: t\n    expect: { load: accepted }\n"),
    BadInput(
      "an unknown key", says: ["f.bpftest.yaml:4:5", "`progam`", "`program`"],
      fixture("    progam: pass\n    packet: Ether()\n    expect: { return: XDP_PASS }\n")),
    BadInput(
      "lines of a program that writes none", says: ["f.bpftest.yaml:6:23", "no code of the object calls `bpf_printk`"],
      fixture("    program: pass\n    packet: Ether()\n    expect: { printk: hello }\n")),
    BadInput(
      "an unknown key of printk", says: ["f.bpftest.yaml:6:25", "`exatly`", "`exactly`"],
      fixture("    program: pass\n    packet: Ether()\n    expect: { printk: { exatly: [a] } }\n")),
    BadInput(
      "an unknown program", says: ["f.bpftest.yaml:4:14", "`pas`", "`pass`"],
      fixture("    program: pas\n    packet: Ether()\n    expect: { return: XDP_PASS }\n")),
    BadInput(
      "an unknown map", says: ["f.bpftest.yaml:5:", "`counter`", "`counters`"],
      fixture(
        """
            program: pass
            maps: { counter: { 1: { packets: 1 } } }
            packet: Ether()/Raw("x")
            expect: { return: XDP_PASS }

        """)),
    BadInput(
      "an unknown field", says: ["f.bpftest.yaml:5:", "`packet`", "`packets`"],
      fixture(
        """
            program: pass
            maps: { counters: { 1: { packet: 1 } } }
            packet: Ether()/Raw("x")
            expect: { return: XDP_PASS }

        """)),
    BadInput(
      "an unknown global", says: ["f.bpftest.yaml:5:", "`enforced`", "`enforce`"],
      fixture(
        """
            program: pass
            globals: { enforced: 1 }
            packet: Ether()/Raw("x")
            expect: { return: XDP_PASS }

        """)),
    BadInput(
      "an unknown return", says: ["f.bpftest.yaml:6:", "`XDP_DORP`", "`XDP_DROP`"],
      fixture("    program: pass\n    packet: Ether()/Raw(\"x\")\n    expect: { return: XDP_DORP }\n")),
    BadInput(
      "a key too large for its type", says: ["f.bpftest.yaml:5:", "70000"],
      fixture(
        """
            program: pass
            maps: { counters: { 70000: { packets: 1 } } }
            packet: Ether()/Raw("x")
            expect: { return: XDP_PASS }

        """)),
    BadInput(
      "a negative value for an unsigned field", says: ["f.bpftest.yaml:5:", "-1"],
      fixture(
        """
            program: pass
            maps: { counters: { 1: { port: -1 } } }
            packet: Ether()/Raw("x")
            expect: { return: XDP_PASS }

        """)),
    BadInput(
      "text for a number", says: ["f.bpftest.yaml:5:", "many"],
      fixture(
        """
            program: pass
            globals: { enforce: many }
            packet: Ether()/Raw("x")
            expect: { return: XDP_PASS }

        """)),
    BadInput(
      "a packet that doesn't parse", says: ["f.bpftest.yaml:5:", "\n  Ether()/IP(src=)/TCP()\n                 ^"],
      fixture("    program: pass\n    packet: Ether()/IP(src=)/TCP()\n    expect: { return: XDP_PASS }\n")),
    BadInput(
      "an unknown layer", says: ["f.bpftest.yaml:5:26", "TPC", "TCP", "^"],
      fixture("    program: pass\n    packet: Ether()/IP()/TPC()\n    expect: { return: XDP_PASS }\n")),
    BadInput(
      "hex that isn't", says: ["f.bpftest.yaml:5:", "hex"],
      fixture("    program: pass\n    packet: { hex: 12zz }\n    expect: { return: XDP_PASS }\n")),
    BadInput(
      "a test that expects nothing", says: ["f.bpftest.yaml:3:", "expects nothing"],
      fixture("    program: pass\n    packet: Ether()\n")),
    BadInput(
      "a key of a later version", says: ["f.bpftest.yaml:5:", "not supported yet", "`events`"],
      fixture("    program: pass\n    events: 1\n    expect: { load: accepted }\n")),
    BadInput(
      "a type that can't be run", says: ["f.bpftest.yaml:", "`on_exit`", "kprobe"],
      fixture("    program: on_exit\n    packet: Ether()/Raw(\"x\")\n    expect: { return: 0 }\n")),
    BadInput(
      "an impossible range of kernels", says: ["f.bpftest.yaml:5:", "`new`"],
      fixture(
        "    program: pass\n    requires: { kernel: new }\n    packet: Ether()\n    expect: { return: XDP_PASS }\n")),
    BadInput(
      "a broken regular expression", says: ["f.bpftest.yaml:5:", "`(`"],
      fixture("    program: pass\n    expect: { load: rejected, log: ( }\n")),
    BadInput(
      "an alias bomb", says: ["f.bpftest.yaml:"],
      "object: p.bpf.c\na: &a [1,1,1,1,1,1,1,1,1,1]\n"
        + "bcdefghijk".reduce(into: ("", Character("a"))) { text, name in
          let items = [String](repeating: "*\(text.1)", count: 10).joined(separator: ",")
          text.0 += "\(name): &\(name) [\(items)]\n"
          text.1 = name
        }.0 + "tests: *k\n"),
    BadInput(
      "brackets without end", says: ["f.bpftest.yaml:"],
      "object: p.bpf.c\ntests: " + String(repeating: "[", count: 100_000) + "\n"),
    BadInput(
      "an object that isn't there", says: ["f.bpftest.yaml:1:", "gone.bpf.c"],
      "object: gone.bpf.c\ntests:\n  - { name: t, program: pass, expect: { load: accepted } }\n"),
  ]
}
