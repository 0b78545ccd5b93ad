// Collects what libbpf prints, for each thread on its own: Swift has no va_list callbacks.
#ifndef BPFTEST_LIBBPF_LOG_H
#define BPFTEST_LIBBPF_LOG_H

#include <stddef.h>

// Routes libbpf's output (libbpf_set_print) into the buffers below. Idempotent.
void bpftest_log_install(void);

// Empties this thread's buffer and begins to collect warnings in it.
void bpftest_log_begin(void);

// Stops collecting. What was collected stays valid on this thread until the next begin; never NULL.
const char *bpftest_log_end(void);

#endif
