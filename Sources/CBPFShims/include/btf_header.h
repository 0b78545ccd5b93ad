#ifndef BPFTEST_BTF_HEADER_H
#define BPFTEST_BTF_HEADER_H

#include <stdint.h>

// Every type in a BTF blob as C: the text of a vmlinux.h. The caller frees it. NULL, with errno set, when the
// blob can't be read.
char *bpftest_btf_header(const void *btf, uint32_t size);

// These types of a BTF blob and what they need as C, in order, and then these functions (ids of BTF_KIND_FUNC) as
// `extern` declarations. The caller frees it. NULL, with errno set, when the blob can't be read.
char *bpftest_btf_declarations(const void *btf, uint32_t size, const uint32_t *types, uint32_t type_count,
			       const uint32_t *functions, uint32_t function_count);

#endif
