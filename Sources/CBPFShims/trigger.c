#define _GNU_SOURCE
#include "trigger.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STACK_SIZE (64 * 1024)
// The kernel's, one more than glibc's SIGRTMAX.
#define SIGNALS 64

// The process shares errno with a thread of ours: these calls don't touch it.
static long call(long number, const long a[6]) {
  long result;
#if defined(__x86_64__)
  register long r10 __asm__("r10") = a[3];
  register long r8 __asm__("r8") = a[4];
  register long r9 __asm__("r9") = a[5];
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
#elif defined(__aarch64__)
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a[0];
  register long x1 __asm__("x1") = a[1];
  register long x2 __asm__("x2") = a[2];
  register long x3 __asm__("x3") = a[3];
  register long x4 __asm__("x4") = a[4];
  register long x5 __asm__("x5") = a[5];
  __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  result = x0;
#else
#error "no system calls for this processor"
#endif
  return result;
}

static long call4(long number, long a, long b, long c, long d) {
  return call(number, (long[6]){a, b, c, d, 0, 0});
}

static int child(void *argument) {
  struct bpftest_actor *actor = argument;
  // Our handlers must not run there: they would work on our memory. (The kernel's struct sigaction, all zeros: SIG_DFL.)
  long action[4] = {0}, none = 0;
  for (int number = 1; number <= SIGNALS; number++)
    call4(SYS_rt_sigaction, number, (long)action, 0, sizeof none);
  call4(SYS_rt_sigprocmask, SIG_SETMASK, (long)&none, 0, sizeof none);
  call4(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0);
  // A group of its own, so that whatever it starts can be ended with it.
  call4(SYS_setpgid, 0, 0, 0, 0);
  for (;;) {
    while (__atomic_load_n(&actor->state, __ATOMIC_ACQUIRE) == BPFTEST_ACTOR_IDLE)
      call4(SYS_futex, (long)&actor->state, FUTEX_WAIT, BPFTEST_ACTOR_IDLE, 0);
    for (int i = 0; i < actor->count; i++) {
      struct bpftest_call *this = &actor->calls[i];
      long arguments[6];
      for (int n = 0; n < 6; n++)
        arguments[n] = this->results >> n & 1 ? actor->calls[this->arguments[n]].result : this->arguments[n];
      actor->done = i + 1;
      this->result = call(this->number, arguments);
      if (this->result < 0 && this->result >= -4095 && this->stops)
        break;
    }
    __atomic_store_n(&actor->state, BPFTEST_ACTOR_IDLE, __ATOMIC_RELEASE);
    call4(SYS_futex, (long)&actor->state, FUTEX_WAKE, 1, 0);
  }
}

int bpftest_actor_start(struct bpftest_actor *actor) {
  memset(actor, 0, sizeof *actor);
  actor->pidfd = -1;
  actor->state = BPFTEST_ACTOR_IDLE;
  actor->stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (actor->stack == MAP_FAILED)
    return -errno;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_t pid = clone(child, (char *)actor->stack + STACK_SIZE,
                    CLONE_VM | CLONE_PIDFD | CLONE_CHILD_CLEARTID | SIGCHLD, actor, &actor->pidfd, NULL, &actor->state);
  int error = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (pid < 0) {
    munmap(actor->stack, STACK_SIZE);
    return -error;
  }
  actor->pid = pid;
  return 0;
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

int bpftest_actor_run(struct bpftest_actor *actor, struct bpftest_call *calls, int count, int64_t nanoseconds) {
  uint32_t state = BPFTEST_ACTOR_IDLE;
  actor->calls = calls;
  actor->count = count;
  actor->done = 0;
  int64_t end = now() + nanoseconds;
  // It may be gone already.
  if (!__atomic_compare_exchange_n(&actor->state, &state, BPFTEST_ACTOR_BUSY, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    return (int)state;
  // Not the private kind of futex: the kernel wakes the shared kind when a process ends.
  syscall(SYS_futex, &actor->state, FUTEX_WAKE, 1, NULL, NULL, 0);
  while ((state = __atomic_load_n(&actor->state, __ATOMIC_ACQUIRE)) == BPFTEST_ACTOR_BUSY) {
    int64_t left = end - now();
    if (left <= 0)
      return -ETIMEDOUT;
    struct timespec time = {.tv_sec = left / 1000000000, .tv_nsec = left % 1000000000};
    syscall(SYS_futex, &actor->state, FUTEX_WAIT, BPFTEST_ACTOR_BUSY, &time, NULL, 0);
  }
  return (int)state;
}

int bpftest_actor_end(struct bpftest_actor *actor) {
  int status = 0;
  // kill(2) takes 0 and -1 for many processes.
  if (actor->pid <= 1)
    return 0;
  kill(-actor->pid, SIGKILL);
  kill(actor->pid, SIGKILL);
  while (waitpid(actor->pid, &status, 0) < 0 && errno == EINTR)
    ;
  close(actor->pidfd);
  munmap(actor->stack, STACK_SIZE);
  return status;
}

// Left out: what maps or unmaps memory, starts threads or processes, ends this one, or reads and writes through
// structures of pointers.
struct named_call {
  const char *name;
  long number;
};

#define CALL(name) {#name, SYS_##name}

static const struct named_call known[] = {
    CALL(accept4), CALL(acct), CALL(bind), CALL(capget), CALL(chdir), CALL(chroot), CALL(clock_gettime),
    CALL(clock_nanosleep), CALL(close), CALL(connect), CALL(dup), CALL(dup3), CALL(epoll_create1), CALL(eventfd2),
    CALL(faccessat), CALL(fadvise64), CALL(fallocate), CALL(fchdir), CALL(fchmod), CALL(fchmodat), CALL(fchown),
    CALL(fchownat), CALL(fcntl), CALL(fdatasync), CALL(fgetxattr), CALL(flock), CALL(fsetxattr), CALL(fsync),
    CALL(ftruncate), CALL(getcwd), CALL(getegid), CALL(geteuid), CALL(getgid), CALL(getitimer), CALL(getpeername),
    CALL(getpgid), CALL(getpid), CALL(getppid), CALL(getpriority), CALL(getrandom), CALL(getsid), CALL(getsockname),
    CALL(getsockopt), CALL(gettid), CALL(getuid), CALL(getxattr), CALL(inotify_init1), CALL(ioctl), CALL(kill),
    CALL(linkat), CALL(listen), CALL(lseek), CALL(memfd_create), CALL(mkdirat), CALL(mknodat), CALL(mount),
    CALL(nanosleep), CALL(openat), CALL(pidfd_open), CALL(pipe2), CALL(prctl), CALL(pread64), CALL(pwrite64),
    CALL(read), CALL(readlinkat), CALL(recvfrom), CALL(renameat2), CALL(sched_getparam), CALL(sched_yield),
    CALL(sendto), CALL(setgid), CALL(sethostname), CALL(setns), CALL(setpgid), CALL(setpriority), CALL(setresuid),
    CALL(setsid), CALL(setsockopt), CALL(setuid), CALL(setxattr), CALL(shutdown), CALL(socket), CALL(statfs),
    CALL(symlinkat), CALL(sync), CALL(tgkill), CALL(timerfd_create), CALL(truncate), CALL(umask), CALL(umount2),
    CALL(uname), CALL(unlinkat), CALL(unshare), CALL(utimensat), CALL(write),
#if defined(__x86_64__)
    // Older calls, which newer processors don't have.
    CALL(access), CALL(chmod), CALL(chown), CALL(creat), CALL(getpgrp), CALL(lchown), CALL(link), CALL(mkdir),
    CALL(mknod), CALL(open), CALL(pause), CALL(readlink), CALL(rename), CALL(rmdir), CALL(symlink), CALL(unlink),
#endif
};

// Ours alone. close_range (5.9) has the same number everywhere, and older headers don't know it.
static const struct named_call own[] = {CALL(execve), {"close_range", 436}};

long bpftest_call_number(const char *name) {
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strcmp(known[i].name, name) == 0)
      return known[i].number;
  for (size_t i = 0; i < sizeof own / sizeof *own; i++)
    if (strcmp(own[i].name, name) == 0)
      return own[i].number;
  return -1;
}

const char *bpftest_call_name(int index) {
  return index >= 0 && (size_t)index < sizeof known / sizeof *known ? known[index].name : NULL;
}
