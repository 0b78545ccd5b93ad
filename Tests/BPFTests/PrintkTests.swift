import Testing

@testable import BPF

/// What `trace_pipe` gives, as 5.10 and later write it.
private let pipe = """
            <...>-1234    [000] d..21    12.345678: bpf_trace_printk: hello
   a [b]: c-d-77      [001] .....    12.345679: bpf_trace_printk: one
  two
  CPU:1 [LOST 12 EVENTS]
            <...>-1234    [000] .....    12.345680: tracing_mark_write: bpftest
            <...>-1234    [000] .....    12.345681: bpf_trace_printk: bpf_trace_printk: twice

  """

@Test func takesTheMessagesOutOfATracePipe() {
  let lines = ["hello", "one", "two", "CPU:1 [LOST 12 EVENTS]", "bpf_trace_printk: twice"]
  #expect(PrintkLines.messages(in: Array(pipe.utf8)) == lines)
}

@Test func findsWhoWroteALine() {
  #expect(PrintkLines.writer(of: "bpf_trace_printk: one", in: Array(pipe.utf8)) == 77)
  #expect(PrintkLines.writer(of: "tracing_mark_write: bpftest", in: Array(pipe.utf8)) == 1234)
  #expect(PrintkLines.writer(of: "nothing", in: Array(pipe.utf8)) == nil)
}
