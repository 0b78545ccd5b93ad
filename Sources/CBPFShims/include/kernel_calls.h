// System calls that Swift doesn't see: glibc has no function for them, or declares it under _GNU_SOURCE.
#ifndef BPFTEST_KERNEL_CALLS_H
#define BPFTEST_KERNEL_CALLS_H

#include <stdint.h>

// Opens a sampling event of the processor's software clock, `frequency` times a second, of everything that runs on
// `cpu`. Needs no hardware counters. Returns the descriptor or a negative errno.
int bpftest_perf_clock(int cpu, uint64_t frequency);

#endif
