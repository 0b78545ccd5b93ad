// Which functions addresses of the kernel lie in. In C, since a kernel lists 200,000 functions, and a guest under emulation
// would take half a minute over them in a debug build.
#ifndef BPFTEST_SYMBOLS_H
#define BPFTEST_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

#define BPFTEST_SYMBOL_SIZE 128

// For each address the name of the function that begins nearest below it, in the lines "address type name" of a file like
// /proc/kallsyms: names + i * BPFTEST_SYMBOL_SIZE, empty where there is none. 0, or a negative errno.
int bpftest_symbols(const char *path, const uint64_t *addresses, size_t count, char *names);

#endif
