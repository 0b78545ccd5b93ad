// What a C program does with libbpf, for bpftest-bench to measure the Swift library against.
#ifndef BPFTEST_BENCH_LOOPS_H
#define BPFTEST_BENCH_LOOPS_H

#include <stddef.h>

// Runs a program `count` times with a packet, its output into one buffer of the same size. 0, or a negative errno.
int bpftest_loop_test_runs(int program, const void *packet, size_t size, int count);

// Opens, loads and closes an object `count` times. 0, or a negative errno.
int bpftest_loop_loads(const void *object, size_t size, int count);

#endif
