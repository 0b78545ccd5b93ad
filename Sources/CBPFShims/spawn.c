#define _GNU_SOURCE
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif
// linux/close_range.h
#define BPFTEST_CLOSE_RANGE_CLOEXEC (1U << 2)
// More than any child of ours is given.
#define BPFTEST_MAX_FDS 16

// Between fork and exec of a process with threads, only async-signal-safe calls are allowed (signal-safety(7)).
static void child(const char *path, char *const argv[], char *const envp[], const int *fds, int count, int report,
                  pid_t parent) {
  int moved[BPFTEST_MAX_FDS];
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
    goto fail;
  // The parent may have died before the line above.
  if (getppid() != parent)
    _exit(127);
  setpgid(0, 0);
  for (int number = 1; number < NSIG; number++)
    signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  // First out of the way of one another, then to their places.
  report = fcntl(report, F_DUPFD_CLOEXEC, 64);
  for (int i = 0; i < count; i++) {
    moved[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 64);
    if (moved[i] < 0)
      goto fail;
  }
  for (int i = 0; i < count; i++)
    if (dup2(moved[i], i) < 0)
      goto fail;
  // Kernels before 5.11 don't know the flag; our own descriptors are close-on-exec in any case.
  syscall(SYS_close_range, (unsigned int)count, ~0U, BPFTEST_CLOSE_RANGE_CLOEXEC);
  execve(path, argv, envp);
fail:;
  int error = errno;
  ssize_t ignored = write(report, &error, sizeof error);
  (void)ignored;
  _exit(127);
}

pid_t bpftest_spawn(const char *path, char *const argv[], char *const envp[], const int *fds, int count) {
  int report[2];
  if (count < 0 || count > BPFTEST_MAX_FDS)
    return -EINVAL;
  if (pipe2(report, O_CLOEXEC) != 0)
    return -errno;
  sigset_t all, before;
  sigfillset(&all);
  // No handler of ours may run in the child.
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_t parent = getpid();
  pid_t pid = fork();
  if (pid == 0)
    child(path, argv, envp, fds, count, report[1], parent);
  int fork_error = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  close(report[1]);
  if (pid < 0) {
    close(report[0]);
    return -fork_error;
  }
  int error = 0;
  ssize_t got;
  do
    got = read(report[0], &error, sizeof error);
  while (got < 0 && errno == EINTR);
  close(report[0]);
  // The pipe closes without a word when exec succeeds.
  if (got != (ssize_t)sizeof error)
    return pid;
  waitpid(pid, NULL, 0);
  return -error;
}

int bpftest_send_descriptor(int socket, const void *bytes, size_t length, int descriptor) {
  struct iovec iov = {.iov_base = (void *)bytes, .iov_len = length};
  union {
    char space[CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
  } control;
  memset(&control, 0, sizeof control);
  struct msghdr message = {
      .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = sizeof control.space};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  ssize_t sent = sendmsg(socket, &message, MSG_NOSIGNAL);
  if (sent < 0)
    return -errno;
  return (size_t)sent == length ? 0 : -EMSGSIZE;
}

int bpftest_memory_file(const char *name) {
  int descriptor = memfd_create(name, MFD_CLOEXEC);
  return descriptor < 0 ? -errno : descriptor;
}
