// A process that does system calls on our behalf: it shares our memory, as between vfork and exec, and nothing else.
//
// A copy of the address space (fork) costs milliseconds under emulation, and what runs between fork and exec of a
// process with threads may not be Swift. So the child runs one C function, which does the calls that it is handed and
// waits for more. Programs under test see an ordinary process with a number of its own.
#ifndef BPFTEST_TRIGGER_H
#define BPFTEST_TRIGGER_H

#include <stdint.h>
#include <sys/types.h>

struct bpftest_call {
  long number;       // SYS_*
  long arguments[6];
  uint32_t results;  // bit i: argument i is the index of an earlier call in the list, and its result is meant
  uint32_t stops;    // a failure ends the list here
  long result;       // what the kernel returned: a negative errno on failure
};

enum {
  BPFTEST_ACTOR_GONE = 0,  // ended, or become another program; the kernel writes it (CLONE_CHILD_CLEARTID)
  BPFTEST_ACTOR_IDLE = 1,
  BPFTEST_ACTOR_BUSY = 2,
};

struct bpftest_actor {
  uint32_t state;    // a futex
  int32_t count;     // of calls
  int32_t done;      // calls begun so far
  pid_t pid;
  int pidfd;
  struct bpftest_call *calls;
  void *stack;
};

// Starts a process that waits for calls. It is killed when the thread that called this ends. Returns 0 or a negative errno.
int bpftest_actor_start(struct bpftest_actor *actor);

// Has the calls done, and waits until they are, or until the process is gone, or for so long. Returns the state, or
// -ETIMEDOUT: then the process is still at it, and `calls` and what it points to must stay until it has been ended.
int bpftest_actor_run(struct bpftest_actor *actor, struct bpftest_call *calls, int count, int64_t nanoseconds);

// Kills the process if it is still there, waits for its end and frees what belongs to it. Returns its wait status.
int bpftest_actor_end(struct bpftest_actor *actor);

// The number of a system call by its name, or -1.
long bpftest_call_number(const char *name);

// The name of the call at that index among those that a test may ask for, or NULL behind the end. Calls that would change
// the memory which the process shares with us are not among them.
const char *bpftest_call_name(int index);

#endif
