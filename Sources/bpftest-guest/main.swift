import Glibc

// The agent is PID 1: when it ends, the kernel panics and says so on the console, which the host reads.
do {
  let port = try GuestPort.open(name: "org.bpftest.0")
  try Agent.serve(port)
} catch {
  print("bpftest-guest: \(error)")
}
