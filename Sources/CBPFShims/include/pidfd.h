// pidfd_open(2) and gettid(2), which glibc declares where Swift doesn't look.
#ifndef BPFTEST_PIDFD_H
#define BPFTEST_PIDFD_H

// A descriptor of the calling thread, as task storage wants it: before Linux 6.9, which has descriptors of threads
// (PIDFD_THREAD), of its process. -1 and errno when there is none.
int bpftest_open_thread(void);

#endif
