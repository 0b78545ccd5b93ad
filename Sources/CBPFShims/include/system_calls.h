// System calls that glibc declares where Swift doesn't look.
#ifndef BPFTEST_SYSTEM_CALLS_H
#define BPFTEST_SYSTEM_CALLS_H

#include <stddef.h>
#include <stdint.h>

// A descriptor of the calling thread, as task storage wants it: before Linux 6.9, which has descriptors of threads
// (PIDFD_THREAD), of its process. -1 and errno when there is none.
int bpftest_open_thread(void);

// A descriptor of that process, or -1 and errno.
int bpftest_open_process(int pid);

// Copies between a place of this process that may not be accessible and one that is: from the place, or to it when
// `writes`. 0, or a negative errno: EFAULT where memcpy would die of a signal.
int bpftest_copy_memory(void *place, void *buffer, size_t count, int writes);

// Opens a sampling event of the processor's software clock, `frequency` times a second, of everything that runs on
// `cpu`. Needs no hardware counters. Returns the descriptor or a negative errno.
int bpftest_perf_clock(int cpu, uint64_t frequency);

#endif
