#ifndef BPFTEST_BTF_HEADER_H
#define BPFTEST_BTF_HEADER_H

#include <stdint.h>

// Every type in a BTF blob as C: the text of a vmlinux.h. The caller frees it. NULL, with errno set, when the
// blob can't be read.
char *bpftest_btf_header(const void *btf, uint32_t size);

#endif
