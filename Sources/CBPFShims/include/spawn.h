// Starting programs that die with us, and passing descriptors: fork, exec and control messages are out of Swift's reach.
#ifndef BPFTEST_SPAWN_H
#define BPFTEST_SPAWN_H

#include <stddef.h>
#include <sys/types.h>

// Starts `path`. Descriptor fds[i] becomes descriptor i of the child; all others are closed there. The child gets a
// process group of its own, default signals, and SIGKILL when the *thread* that called this ends (PR_SET_PDEATHSIG).
// Returns the child, or the negative errno of what failed, exec included.
pid_t bpftest_spawn(const char *path, char *const argv[], char *const envp[], const int *fds, int count);

// Sends bytes and one descriptor over a unix socket (SCM_RIGHTS). Returns 0 or a negative errno.
int bpftest_send_descriptor(int socket, const void *bytes, size_t length, int descriptor);

// memfd_create(2) with MFD_CLOEXEC. Returns the descriptor or a negative errno.
int bpftest_memory_file(const char *name);

#endif
